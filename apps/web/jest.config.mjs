import preset from '../../jest.preset.js';

export default {
  ...preset,
  displayName: 'web',
  testEnvironment: 'jsdom',
  setupFilesAfterEnv: ['<rootDir>/src/testing/set-up.ts'],
  moduleNameMapper: { ...preset.moduleNameMapper, '\\.svg$': '<rootDir>/src/testing/picture.ts' },
};
