import type { Browser } from '../../../tools/sandbox/browser.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { ACCOUNTS, Stage } from './stage.js';
import { ENDLESS, StoryIssue } from './story-issue.js';

describe('A connection that is paused', () => {
  let stage: Stage;
  let ada: Browser;
  let connectionId: string;

  beforeAll(async () => {
    stage = await Stage.open();
    ada = await stage.signIn('ada');
    connectionId = await stage.connectWorkspace(ada);
    await stage.link(ada, ACCOUNTS.ada);
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
  });
  afterAll(() => stage.close());

  it('still tells the result of the job that was running, and takes no new request', async () => {
    stage.sandbox.openhands.play(ENDLESS);
    const issue = new StoryIssue(stage, ada);
    const { jobId } = await issue.ask('ben', '@openhands fix the rounding');
    await issue.jobIs(jobId, 'running');
    const { json } = await ada.patch(`/api/v1/jira-cloud/workspaces/${connectionId}`, { active: false });
    await stage.consent(ada, json.authorizationUrl, ACCOUNTS.ada);
    const remark = (): Promise<{ reason: string }> => issue.ask('ben', 'Prices look odd.');
    await eventually(remark, (one) => one.reason === 'connection_paused', 'the connection to be paused');
    expect(await issue.ask('ben', '@openhands and the currency')).toMatchObject({ outcome: 'ignored', reason: 'connection_paused' });

    const words = { kind: 'MessageEvent', source: 'agent' as const, llm_message: { role: 'assistant', content: [{ type: 'text', text: 'Rounding is fixed.' }] } };
    stage.sandbox.openhands.conversations.at(-1)!.force('RUNNING', 'finished', [words]);
    expect(await issue.jobIs(jobId)).toMatchObject({ state: 'succeeded' });
    const comments = await issue.comments();
    expect(comments).toHaveLength(2);
    expect(comments[0]).toContain('Finished');
    expect(comments[1]).toContain('Rounding is fixed.');
  });

  it('takes the next request after it was resumed, and makes nothing up for the pause', async () => {
    const issue = new StoryIssue(stage, ada);
    expect(await issue.ask('ben', '@openhands fix it in the pause')).toMatchObject({ outcome: 'ignored', reason: 'connection_paused' });
    const { json } = await ada.patch(`/api/v1/jira-cloud/workspaces/${connectionId}`, { active: true });
    await stage.consent(ada, json.authorizationUrl, ACCOUNTS.ada);
    const remark = (): Promise<{ reason: string }> => issue.ask('ben', 'Prices look odd.');
    await eventually(remark, (one) => one.reason !== 'connection_paused', 'the connection to be resumed');
    expect(await issue.comments()).toEqual([]);
    expect(await issue.ask('ben', '@openhands fix it now')).toMatchObject({ outcome: 'job', reason: 'started' });
  });
});
