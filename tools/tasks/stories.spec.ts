import { jest } from '@jest/globals';
import { findBrowser } from '../../apps/web-e2e/src/find-browser.ts';
import { missingBrowser, runStories } from './stories.ts';

describe('The stories in a browser', () => {
  const nowhere = { CHROMIUM: '/there/is/no/browser' };

  it('use the program that CHROMIUM names, and no other', () => {
    expect(findBrowser({ CHROMIUM: process.execPath, PATH: '/usr/bin' })).toBe(process.execPath);
    expect(findBrowser({ ...nowhere, PATH: '/usr/bin' })).toBeNull();
  });

  it('name the program that is missing', () => {
    expect(missingBrowser({ CHROMIUM: process.execPath })).toBeNull();
    expect(missingBrowser(nowhere)).toMatch('/there/is/no/browser');
  });

  it.each([{ env: nowhere, code: 0, where: 'on the machine of a person' }, { env: { ...nowhere, CI: 'true' }, code: 1, where: 'in CI' }])('without a browser end with $code $where, and say so', async ({ env, code }) => {
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await runStories(env, [])).toBe(code);
    expect(said.mock.calls).toEqual([[expect.stringContaining('The stories in a browser were not run')]]);
    said.mockRestore();
  });
});
