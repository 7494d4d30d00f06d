const base = require('./jest.config.cjs');

/** Real clients against the whole local run; `npm run conformance`. */
module.exports = {
  ...base,
  testMatch: ['**/*.conformance.ts'],
  maxWorkers: 1,
  testTimeout: 120000,
};
