/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.(ts|mjs)$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
  setupFiles: ['<rootDir>/test/harness/fast-check-seed.cjs'],
  reporters: ['default', '<rootDir>/test/harness/count-reporter.cjs'],
  // Two cores: one worker a core.
  maxWorkers: 2,
  testTimeout: 30000,
};
