const lab = require('../../jest.config.cjs');

/** @type {import('jest').Config} */
module.exports = { ...lab, rootDir: __dirname, testMatch: ['<rootDir>/*.judge.ts'], testTimeout: 120_000 };
