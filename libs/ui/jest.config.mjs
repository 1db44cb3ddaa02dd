import preset from '../../jest.preset.js';

export default {
  ...preset,
  displayName: 'ui',
  testEnvironment: 'jsdom',
  // Pages need a window of their own per test file, so Jest loads the modules here.
  testRunner: 'jest-circus/runner',
};
