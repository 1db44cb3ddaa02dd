import { findPattern } from './route-patterns.js';

const PATTERNS = ['/', '/jobs/new', '/jobs/:id', '/connections/:id/rules'];

test.each([
  ['/', '/', {}],
  ['/jobs/7', '/jobs/:id', { id: '7' }],
  ['/jobs/7/', '/jobs/:id', { id: '7' }],
  ['/jobs/new', '/jobs/new', {}],
  ['/connections/7/rules', '/connections/:id/rules', { id: '7' }],
])('%s is met by %s', (path, pattern, values) => {
  expect(findPattern(path, PATTERNS)).toEqual({ pattern, values });
});

test.each(['/jobs', '/jobs/7/more', '/connections//rules', '/elsewhere'])('%s is met by none', (path) => {
  expect(findPattern(path, PATTERNS)).toBeNull();
});
