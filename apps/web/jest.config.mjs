import preset from '../../jest.preset.js';

export default {
  ...preset,
  displayName: 'web',
  testEnvironment: 'jsdom',
  // Pages need a window of their own per test file, so Jest loads the modules here.
  testRunner: 'jest-circus/runner',
  setupFilesAfterEnv: ['<rootDir>/src/testing/set-up.ts'],
  moduleNameMapper: { ...preset.moduleNameMapper, '\\.svg$': '<rootDir>/src/testing/picture.ts', '\\.css$': '<rootDir>/src/testing/picture.ts' },
};
