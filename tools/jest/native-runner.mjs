/**
 * Runs a test file with Jest's own runner, but lets Node load the modules.
 *
 * Jest loads every module anew for every test file, each time into a new context. With Nest and TypeORM that costs two to four
 * seconds a file, most of what the tests of the service cost. Node loads a module once per process, so only the first file of each
 * of Jest's processes pays. Everything else stays Jest: time limits, hooks, tables of cases, matchers, reports.
 *
 * The price: test files of one process share modules and globals, so a test may not leave either changed.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import './typescript-hooks.mjs';

const require = createRequire(import.meta.url);
const { ModernFakeTimers } = createRequire(require.resolve('jest-circus'))('@jest/fake-timers');
const jestCircus = require('jest-circus/runner').default;

/** What Jest puts into its own context and a test file expects to find. */
const GLOBALS = ['describe', 'it', 'test', 'expect', 'beforeAll', 'beforeEach', 'afterAll', 'afterEach'];

/** Jest's `testRunner`. */
export default async function runTestFile(globalConfig, config, environment, runtime, testPath, sendMessageToJest) {
  runtime.requireInternalModule = requireAnew;
  runtime.unstable_shouldLoadAsEsm = () => true;
  runtime.unstable_importModule = (path) => {
    for (const name of GLOBALS) globalThis[name] = environment.global[name];
    globalThis.jest = mocksOf(environment.moduleMocker, new ModernFakeTimers({ config, global: globalThis }));
    // Jest's own reading of stack traces knows nothing of modules that Node loaded.
    Error.prepareStackTrace = undefined;
    const { href } = pathToFileURL(path);
    // What sets up a test file belongs to that file, so it runs anew for each.
    return import(config.setupFilesAfterEnv.includes(path) ? `${href}?before=${encodeURIComponent(testPath)}` : href);
  };
  // Only the page's tests pay for loading it.
  const takeWindowAway = config.testEnvironmentOptions.window ? (await import('./window.mjs')).putWindowIn() : () => undefined;
  try {
    return await jestCircus(globalConfig, config, environment, runtime, testPath, sendMessageToJest);
  } finally {
    await takeWindowAway();
  }
}

/** Jest's `describe`, `it` and their state: new for each file, in Node's own context, so that `expect.any(String)` means our `String`. */
function requireAnew(path) {
  delete require.cache[path];
  return require(path);
}

/** The part of the `jest` object that our tests use. */
function mocksOf(mocker, timers) {
  return {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    restoreAllMocks: mocker.restoreAllMocks.bind(mocker),
    useFakeTimers: (options) => timers.useFakeTimers(options),
    useRealTimers: () => timers.useRealTimers(),
    runAllTimers: () => timers.runAllTimers(),
    advanceTimersByTime: (ms) => timers.advanceTimersByTime(ms),
    advanceTimersByTimeAsync: (ms) => timers.advanceTimersByTimeAsync(ms),
  };
}
