/** @type {import('jest').Config} */
module.exports = {
  // Jest's default leaves one core free. Whoever waits for a stack or a bundler leaves a core to another already.
  maxWorkers: '100%',
  setupFiles: ['<rootDir>/tests/support/environment.js'],
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  // Middy and Powertools ship ES modules; Jest loads them through its VM modules support.
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript' },
          target: 'es2024',
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  testPathIgnorePatterns: ['/node_modules/', '/.local/', '/.esbuild/', '/.serverless/'],
  modulePathIgnorePatterns: ['<rootDir>/.local/', '<rootDir>/.esbuild/', '<rootDir>/.serverless/'],
  testTimeout: 30_000,
};
