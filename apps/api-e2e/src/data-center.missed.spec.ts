/** Data Center sends each delivery once. What got lost is found by a search, and treated like a delivery. */
import { DataSource } from 'typeorm';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { Sweep } from '../../api/src/triage/sweep.service.js';
import { SweepStore } from '../../api/src/triage/sweep.store.js';
import { completeSettings, connect, DataCenterIssue, install, openDataCenterStage, SETTINGS } from './data-center-story.js';
import type { Stage } from './stage.js';
import type { Decided } from './story-issue.js';

const MINUTE = 60_000;

describe('When a delivery of Jira Data Center gets lost', () => {
  let stage: Stage;
  let ada: Browser;
  let connectionId: string;

  beforeAll(async () => {
    stage = await openDataCenterStage();
    ada = await stage.signIn('ada');
    await ada.put(SETTINGS, completeSettings(stage));
    ({ connectionId } = (await install(ada)).json);
    await connect(stage, await stage.signIn('ben'), 'ben');
    await stage.inside(SweepStore).connections();
    await stage.inside(DataSource).query(`UPDATE sweeps SET swept_until = now() - interval '10 minutes'`);
  }, 60_000);
  afterAll(() => stage.close());

  /** Something in Jira three minutes ago, of which no delivery arrived. */
  function lost(issue: DataCenterIssue, act: () => unknown): void {
    const { webhooks } = stage.sandbox.jiraDataCenter;
    webhooks.hold();
    act();
    webhooks.loseHeld();
    for (const thing of [...issue.issue.comments, ...issue.issue.history]) {
      thing.created -= 3 * MINUTE;
      if ('updated' in thing) thing.updated = thing.created;
    }
  }

  /** What the search finds about this issue, decided. */
  async function search(issue: DataCenterIssue): Promise<Decided[]> {
    await stage.inside(Sweep).run(connectionId);
    const { items } = (await ada.get(`/api/v1/deliveries?issueKey=${issue.key}`)).json as { items: { id: string }[] };
    const settled = await Promise.all(items.map((one) => issue.settled(one.id)));
    return settled.filter((one) => one.origin === 'sweep' && one.actor !== 'OpenHands Agent');
  }

  it('the mention is found by a search and becomes a job of the person who wrote it', async () => {
    const issue = new DataCenterIssue(stage, ada);
    lost(issue, () => stage.sandbox.dataCenterActions.comment(issue.key, 'ben', '@openhands fix it'));
    const found = await search(issue);
    expect(found).toMatchObject([{ event: 'comment_created', outcome: 'job', reason: 'started', actor: 'Ben Builder' }]);
    expect(await issue.jobIsOver(found[0].jobId)).toMatchObject({ state: 'succeeded', trigger: 'mention' });
  });

  it('the label is found by a search and becomes a job of the person who added it', async () => {
    const issue = new DataCenterIssue(stage, ada);
    lost(issue, () => stage.sandbox.dataCenterActions.addLabel(issue.key, 'ben', 'openhands'));
    const found = await search(issue);
    expect(found).toMatchObject([{ outcome: 'job', reason: 'started', actor: 'Ben Builder' }]);
    expect(await issue.jobIsOver(found[0].jobId)).toMatchObject({ state: 'succeeded', trigger: 'label' });
  });

  it('those that did arrive are not found again', async () => {
    const issue = new DataCenterIssue(stage, ada);
    const { jobId } = await issue.ask('ben');
    await issue.jobIsOver(jobId);
    for (const comment of issue.issue.comments) comment.created = comment.updated -= 3 * MINUTE;
    expect(await search(issue)).toEqual([]);
  });
});
