import preset from '../../jest.preset.js';

export default {
  ...preset,
  displayName: 'ui',
  testEnvironment: 'jsdom',
  // A handful of small files: Jest loads the modules here, into a window of its own per file.
  testRunner: 'jest-circus/runner',
};
