const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/tests/support/plain-context.js',
  // Jest's default is one fewer than the cores. Whoever waits for a stack or a bundler leaves a core to another.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  globalSetup: '<rootDir>/tests/support/compile-cache.js',
  globalTeardown: '<rootDir>/tests/support/forget-compile-cache.js',
  testSequencer: '<rootDir>/tests/support/slow-first.js',
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
