import { DataSource } from 'typeorm';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { Sweep } from '../../api/src/triage/sweep.service.js';
import { SweepStore } from '../../api/src/triage/sweep.store.js';
import { ACCOUNTS, Stage } from './stage.js';
import { type Decided, StoryIssue } from './story-issue.js';

const MINUTE = 60_000;

describe('When a delivery of Jira gets lost', () => {
  let stage: Stage;
  let ada: Browser;
  let connectionId: string;

  beforeAll(async () => {
    stage = await Stage.open({ JOBS_MAX_RUNNING_PER_USER: '50' });
    ada = await stage.signIn('ada');
    connectionId = await stage.connectWorkspace(ada);
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
    await stage.inside(SweepStore).connections();
    await stage.inside(DataSource).query(`UPDATE sweeps SET swept_until = now() - interval '10 minutes'`);
  });
  afterAll(() => stage.close());

  /** Something in Jira three minutes ago, of which no delivery arrived. Gives the body that got lost. */
  function lost(issue: StoryIssue, act: () => unknown): string {
    const { webhooks } = stage.sandbox.jira;
    webhooks.hold();
    const [sent] = issue.sentBy(act);
    webhooks.loseHeld();
    for (const thing of [...issue.issue.comments, ...issue.issue.history]) {
      thing.created -= 3 * MINUTE;
      if ('updated' in thing) thing.updated = thing.created;
    }
    return sent!.body;
  }

  /** What the search finds about this issue, decided. */
  async function search(issue: StoryIssue): Promise<Decided[]> {
    await stage.inside(Sweep).run(connectionId);
    const { items } = (await ada.get(`/api/v1/deliveries?issueKey=${issue.key}`)).json as { items: { id: string; actor: string }[] };
    return Promise.all(items.filter((one) => one.actor !== 'OpenHands Agent').map((one) => issue.settled(one.id)));
  }

  it('the mention is found by a search, becomes a job, and the log says how it was found', async () => {
    const issue = new StoryIssue(stage, ada);
    lost(issue, () => stage.sandbox.actions.comment(issue.key, 'ben', '@openhands fix it'));
    const [delivery] = await search(issue);
    expect(delivery).toMatchObject({ origin: 'sweep', event: 'comment_created', outcome: 'job', reason: 'started', actor: 'Ben Builder' });
    expect(delivery.trace[0]).toMatchObject({ step: 'sweep', detail: expect.stringContaining('found by a search') });
    expect(await issue.jobIs(delivery.jobId)).toMatchObject({ state: 'succeeded', trigger: 'mention' });
  });

  it('the label is found by a search and becomes a job of the person who added it', async () => {
    const issue = new StoryIssue(stage, ada);
    lost(issue, () => stage.sandbox.actions.addLabel(issue.key, 'ben', 'openhands'));
    const [delivery] = await search(issue);
    expect(delivery).toMatchObject({ origin: 'sweep', outcome: 'job', actor: 'Ben Builder' });
    expect(await issue.jobIs(delivery.jobId)).toMatchObject({ state: 'succeeded', trigger: 'label' });
  });

  it('and arrives after all, it is a duplicate', async () => {
    const issue = new StoryIssue(stage, ada);
    const body = lost(issue, () => stage.sandbox.actions.comment(issue.key, 'ben', '@openhands fix it'));
    const [found] = await search(issue);
    const late = await stage.deliver(connectionId, body);
    expect(await issue.settled(late.json.deliveryId)).toMatchObject({ outcome: 'ignored', reason: 'duplicate_trigger', duplicateOf: found.id });
    expect(await issue.jobs()).toBe(1);
  });

  it('those that did arrive are not found again', async () => {
    const issue = new StoryIssue(stage, ada);
    const asked = await issue.ask('ben', '@openhands fix it');
    await issue.jobIs(asked.jobId);
    for (const comment of issue.issue.comments) comment.created = comment.updated -= 3 * MINUTE;
    expect((await search(issue)).map((one) => one.origin)).not.toContain('sweep');
    expect(await issue.jobs()).toBe(1);
  });
});
