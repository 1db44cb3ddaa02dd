/** `@jest/globals` for test files that Node loads: what the runner has put into the global scope. */
export const jest = new Proxy({}, { get: (_, name) => globalThis.jest[name] });
