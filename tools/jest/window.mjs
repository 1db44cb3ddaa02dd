/**
 * A window for tests of the page: jsdom's, put into Node's global scope while a test file runs and taken away afterwards.
 *
 * React and everything else that Node loads once per process keep the document that they have met first, so one window serves all test
 * files of a process and is swept clean between them.
 */
import { JSDOM, VirtualConsole } from 'jsdom';

/** What stays Node's own: it does the same, and does not slow down because a window watches it. */
const STAYS = new Set([
  'globalThis', 'global', 'atob', 'btoa', 'window', 'self', 'parent', 'top', 'frames', 'console', 'crypto', 'performance', 'queueMicrotask', 'structuredClone',
  'setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate',
]);

let dom;
/** Timers that the page has started and that wait. They end with the test file, as they do when a window is closed. */
const waiting = new Set();
const node = { setTimeout: globalThis.setTimeout, setInterval: globalThis.setInterval };
const watched = {
  setTimeout: (work, ms, ...args) => {
    const timer = node.setTimeout(() => (waiting.delete(timer), work(...args)), ms);
    waiting.add(timer);
    return timer;
  },
  setInterval: (work, ms, ...args) => {
    const timer = node.setInterval(work, ms, ...args);
    waiting.add(timer);
    return timer;
  },
};

/** Puts the window in. Gives the function that takes it away again. */
export function putWindowIn() {
  dom ??= new JSDOM('<!DOCTYPE html>', { url: 'http://localhost/', pretendToBeVisual: true, virtualConsole: complaints() });
  const before = new Map(['fetch', ...Object.keys(watched), 'window', 'self', 'parent', 'top'].map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  for (const name of namesOf(dom.window)) {
    if (STAYS.has(name) || Object.is(globalThis[name], dom.window[name])) continue;
    before.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, forwarded(name));
  }
  for (const name of ['window', 'self', 'parent', 'top']) Object.defineProperty(globalThis, name, { value: globalThis, configurable: true, writable: true });
  for (const [name, value] of Object.entries(watched)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: true });
  // With it React would measure every component.
  Object.defineProperty(performance, 'measure', { value: undefined, configurable: true });
  return async () => {
    await new Promise((done) => setImmediate(done));
    for (const timer of waiting) clearTimeout(timer);
    waiting.clear();
    delete performance.measure;
    sweep(dom.window);
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else delete globalThis[name];
    }
  };
}

/** What jsdom complains about; not that it goes nowhere when a link is followed. */
function complaints() {
  return new VirtualConsole().on('jsdomError', (error) => void (error.type === 'not implemented' || console.error(error)));
}

function namesOf(window) {
  return new Set([...Object.getOwnPropertyNames(window), 'addEventListener', 'removeEventListener', 'dispatchEvent']);
}

/** Reads and writes through to the window; a function of the window knows whose it is. */
function forwarded(name) {
  const isMethod = typeof dom.window[name] === 'function' && /^[a-z]/.test(name);
  let value = isMethod ? dom.window[name].bind(dom.window) : undefined;
  let own = isMethod;
  return {
    configurable: true,
    get: () => (own ? value : dom.window[name]),
    set: (next) => {
      own = true;
      value = next;
    },
  };
}

function sweep(window) {
  window.document.head.replaceChildren();
  window.document.body.replaceChildren();
  for (const element of [window.document.documentElement, window.document.body]) for (const name of element.getAttributeNames()) element.removeAttribute(name);
  window.localStorage.clear();
  window.sessionStorage.clear();
  window.history.replaceState(null, '', '/');
}
