import stories from './jest.config.mjs';

/** Faults and attacks, one file for each row of the list; see `faults/README.md`. How many run at a time is said by the command. */
export default {
  ...stories,
  displayName: 'faults',
  testMatch: ['<rootDir>/faults/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  reporters: [['default', { summaryThreshold: 1000 }]],
  testTimeout: 180_000,
};
