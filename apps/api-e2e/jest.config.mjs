import preset from '../../jest.preset.js';

export default {
  ...preset,
  displayName: 'api-e2e',
  // Faults have a command of their own: `npm run test:faults`.
  testPathIgnorePatterns: [...preset.testPathIgnorePatterns, '<rootDir>/faults/'],
};
