/** What jsdom lacks and the page needs. */
import { jest } from '@jest/globals';
import '@testing-library/jest-dom';
import { act, cleanup, configure } from '@testing-library/react';

// What a test waits for comes in a moment, unless the machine is busy with other tests.
configure({ asyncUtilTimeout: 10_000 });

Object.assign(window, {
  matchMedia: (query: string) => ({ matches: false, media: query, addEventListener: () => undefined, removeEventListener: () => undefined, addListener: () => undefined, removeListener: () => undefined }),
  ResizeObserver: class { observe() {} unobserve() {} disconnect() {} },
});

// jsdom knows the element but cannot open it.
HTMLDialogElement.prototype.showModal = jest.fn(function (this: HTMLDialogElement) { this.open = true; });
HTMLDialogElement.prototype.close = jest.fn(function (this: HTMLDialogElement) { this.open = false; });

afterEach(cleanup);
beforeAll(async () => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  // React keeps the clock of its first `act`, which must not be one that a test plays.
  await act(async () => undefined);
});
