const { resolve } = require('node:path');
const application = require('../../../jest.config.js');

const ENGINE = resolve(__dirname, 'engine.ts');

/** @type {import('jest').Config} */
module.exports = {
  ...application,
  rootDir: resolve(__dirname, '../../..'),
  // One file after the other: they share the engine.
  maxWorkers: 1,
  testMatch: [
    '<rootDir>/tests/http/*.test.ts',
    '<rootDir>/tests/broadcast/*.test.ts',
    '<rootDir>/tests/archive/*.test.ts',
    '<rootDir>/tests/search/*.test.ts',
    '<rootDir>/tests/push/*.test.ts',
    '<rootDir>/packages/local-stack/tests/provisioning/*.test.ts',
  ],
  testPathIgnorePatterns: [
    ...application.testPathIgnorePatterns,
    // The whole local stack, whose engines are its own.
    'api\\.e2e\\.test\\.ts$',
    // These ask no engine.
    '/(contracts|words|snippet|pack|broadcast|opensearch-client|errors|token)\\.test\\.ts$',
  ],
  moduleNameMapper: {
    '/engines/(dynoxide|fauxqs)\\.ts$': ENGINE,
    '/support/secrets\\.ts$': ENGINE,
  },
  testTimeout: 120_000,
};
