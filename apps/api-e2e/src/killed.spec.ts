/**
 * The promise of the front door, kept by real processes: what was answered with 200 becomes one job, also when the worker that had begun
 * with it is killed. The long version, with every kind of death, is `npm run test:faults`.
 */
import { eventually } from '../../../tools/sandbox/waiting.ts';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { Processes } from './processes.js';
import { ACCOUNTS, Stage } from './stage.js';

/** A few seconds are usual. A machine where much else is going on gets more time, not a failure. */
const PATIENCE_MS = 180_000;
const WISHES = 5;

describe('An installation of a door and a worker', () => {
  let processes: Processes;
  let stage: Stage;
  let ada: Browser;

  beforeAll(async () => {
    stage = await Stage.open({}, async (environment, databaseUrl, port) => (processes = await Processes.start(['api', 'worker'], environment, databaseUrl, port)));
    ada = await stage.signIn('ada');
    await stage.connectWorkspace(ada);
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
  }, PATIENCE_MS);

  afterAll(() => stage?.close());

  it('carries out once what it was asked for when its worker is killed at work', async () => {
    const { store, webhooks } = stage.sandbox.jira;
    const issues = Array.from({ length: WISHES }, (_, index) => store.addIssue({ projectKey: 'SHOP', summary: `Wish ${index}`, description: 'Repository: Acme/web-app', reporterId: ACCOUNTS.ben }));
    for (const issue of issues) stage.comment(issue.key, ACCOUNTS.ben, '@openhands please grant this wish');
    await webhooks.idle();
    const [worker] = processes.workers;
    await worker!.kill();
    await worker!.start();
    const told = (): number => issues.filter((issue) => stage.ourComments(issue.key).some((one) => one.text.includes('last words'))).length;
    await eventually(told, (count) => count === WISHES, 'every wish to have its result', PATIENCE_MS / 2);
    const starts = issues.map((issue) => stage.sandbox.openhands.conversations.filter((one) => JSON.stringify(one.request).includes(`${issue.key}:`)).length);
    expect(starts).toEqual(issues.map(() => 1));
    expect(issues.map((issue) => stage.ourComments(issue.key).length)).toEqual(issues.map(() => 2));
    expect(processes.places.map((place) => place.endedByThemselves)).toEqual([0, 0]);
  }, PATIENCE_MS);
});
