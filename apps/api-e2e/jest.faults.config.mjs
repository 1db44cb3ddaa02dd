import stories from './jest.config.mjs';

/** Faults and attacks, one file for each row of the list; see `faults/README.md`. They run one after the other: each needs the machine. */
export default {
  ...stories,
  displayName: 'faults',
  testMatch: ['<rootDir>/faults/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  maxWorkers: 1,
  reporters: [['default', { summaryThreshold: 1000 }]],
  testTimeout: 180_000,
};
