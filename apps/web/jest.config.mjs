import preset from '../../jest.preset.js';

export default {
  ...preset,
  displayName: 'web',
  testEnvironmentOptions: { window: true },
  setupFilesAfterEnv: ['<rootDir>/src/testing/set-up.ts'],
};
