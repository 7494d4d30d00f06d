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
    // It comes as ES modules alone.
    'node_modules/jose/.+\\.js$': ['@swc/jest', { module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: ['/node_modules/(?!jose/)', '\\.pnp\\.[^/]+$'],
  setupFiles: [
    '<rootDir>/test/harness/fast-check-seed.cjs',
    '<rootDir>/test/harness/quick-scrypt.cjs',
  ],
  reporters: ['default', '<rootDir>/test/harness/count-reporter.cjs'],
  // Two cores: one worker a core.
  maxWorkers: 2,
  testTimeout: 30000,
};
