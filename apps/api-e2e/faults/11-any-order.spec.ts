/** Row 11: Jira promises no order. Whatever the order of the deliveries, the issue ends in the same state. */
import fc from 'fast-check';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { ACCOUNTS, Stage } from '../src/stage.js';
import { StoryIssue } from '../src/story-issue.js';
import { SEED } from './chance.js';
import { fault } from './figures.js';

const ORDERS = 6;

describe('Deliveries in any order', () => {
  let stage: Stage;
  let ada: Browser;
  let connectionId: string;

  beforeAll(async () => {
    stage = await Stage.open({ JOBS_MAX_RUNNING_PER_USER: '50' });
    ada = await stage.signIn('ada');
    connectionId = await stage.connectWorkspace(ada);
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
    stage.sandbox.jira.webhooks.hold();
  }, 300_000);

  afterAll(() => stage?.close());

  fault(11, 'all orders of the same events end in the same state', async (figures) => {
    const orders = fc.sample(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), { numRuns: ORDERS, seed: SEED });
    // Each in an issue of its own, all at the same time: a comment that cannot be found is waited for some seconds.
    const ends = await Promise.all([[0, 1, 2, 3, 4], ...orders].map(endAfter));

    figures.condition(`${ends.length} orders of: label added, label removed, a comment that asked for work, its deletion, and another comment that asks`);
    figures.exactly('different ends', new Set(ends).size, 1);
    figures.exactly('the end', ends[0]!, 'jobs 1, starts 1');
  });

  /** Everything has happened in Jira before the first delivery arrives. */
  async function endAfter(order: number[]): Promise<string> {
    const issue = new StoryIssue(stage, ada);
    const { store } = stage.sandbox.jira;
    const sent = issue.sentBy(() => {
      store.setLabels(issue.issue, ['openhands'], ACCOUNTS.ben);
      store.setLabels(issue.issue, [], ACCOUNTS.ben);
      const gone = stage.comment(issue.key, ACCOUNTS.ben, '@openhands forget this');
      store.deleteComment(issue.issue, gone, ACCOUNTS.ben);
      stage.comment(issue.key, ACCOUNTS.ben, '@openhands fix it');
    });
    for (const place of order) {
      const { json } = await stage.deliver(connectionId, sent[place]!.body, { 'x-atlassian-webhook-identifier': sent[place]!.identifier });
      await issue.settled(json.deliveryId as string);
    }
    await issue.startsReach(1);
    return `jobs ${await issue.jobs()}, starts ${issue.starts()}`;
  }
});
