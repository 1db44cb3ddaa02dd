/**
 * What all projects' Jest configurations share: ES modules, TypeScript through SWC (with decorator metadata for Nest),
 * and our own libraries read from their sources, so that tests need no build.
 *
 * Node loads the modules itself (`tools/jest/native-runner.mjs`), which is much quicker. Tests of the page get a window there
 * (`tools/jest/window.mjs`).
 */
const path = require('node:path');

const root = __dirname;

module.exports = {
  testRunner: path.join(root, 'tools/jest/native-runner.mjs'),
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'json', 'node'],
  transform: {
    '^.+\\.tsx?$': [
      require.resolve('@swc/jest'),
      {
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', tsx: true, decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false, react: { runtime: 'automatic' } },
          keepClassNames: true,
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@openhands-jira/(contracts|domain|ui)$': path.join(root, 'libs/$1/src/index.ts'),
  },
  testMatch: ['**/*.spec.ts', '**/*.spec.tsx'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  testTimeout: 30_000,
};
