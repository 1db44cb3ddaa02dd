import { ConnectionHealth, LatestLoopTest, LoopTest } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { ACCOUNTS, Stage } from './stage.js';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';

describe('A comment that mentions @openhands', () => {
  let stage: Stage;
  let ada: Browser;
  let ben: Browser;
  let connectionId: string;

  beforeAll(async () => {
    stage = await Stage.open();
    ada = await stage.signIn('ada');
    connectionId = await stage.connectWorkspace(ada);
    ben = await stage.signIn('ben');
    await stage.link(ben, ACCOUNTS.ben);
  });
  afterAll(() => stage.close());

  it('becomes a job at OpenHands, a status comment and a result comment', async () => {
    stage.comment('SHOP-12', ACCOUNTS.ben, '@openhands please fix the rounding');
    const delivery = await stage.decided(ada, 'SHOP-12');
    expect(delivery).toMatchObject({ outcome: 'job', reason: 'started', actor: 'Ben Builder', event: 'comment_created' });
    const job = await eventually(async () => (await ben.get(`/api/v1/jobs/${delivery.jobId}`)).json, (one) => one.state === 'succeeded', 'the job to succeed');
    expect(job).toMatchObject({ issueKey: 'SHOP-12', trigger: 'mention', repository: { fullName: 'Acme/web-app', source: 'line' }, requestedBy: { name: 'Ben Builder' } });
    const result = await stage.ourComment('SHOP-12', /last words/);
    expect(result).toContain('/pull/7');
    expect(stage.ourComments('SHOP-12')).toHaveLength(2);
    expect(stage.sandbox.openhands.conversations).toHaveLength(1);
    // Jira Cloud takes no thumbs-up from us, so none is wished for.
    const wishes = await stage.inside(DataSource).query<{ kind: string }[]>('SELECT DISTINCT kind FROM issue_writes WHERE job_id = $1 ORDER BY kind', [delivery.jobId]);
    expect(wishes.map(({ kind }) => kind)).toEqual(['comment', 'remote_link']);
    const { items } = ConnectionHealth.parse((await ada.post(`/api/v1/connections/${connectionId}/test`)).json);
    expect(items.find(({ check }) => check === 'hidden_emails')?.detail).toMatch(/^In 1 of the newest 1 events/);
  });

  it('is not needed to find out whether deliveries arrive: a loop test leaves nothing in the issue and starts nothing', async () => {
    const path = `/api/v1/connections/${connectionId}/loop-test`;
    expect((await ada.get(path)).json).toEqual({ latest: null });
    expect(await ben.post(path, { issueKey: 'SHOP-13' })).toMatchObject({ status: 404 });
    expect(await ada.post(path, { issueKey: '../x' })).toMatchObject({ status: 400, json: { code: 'validation_failed' } });
    expect(LoopTest.parse((await ada.post(path, { issueKey: 'shop-13' })).json)).toMatchObject({ issueKey: 'SHOP-13', result: 'waiting' });
    expect(await ada.post(path, { issueKey: 'SHOP-13' })).toMatchObject({ status: 409, json: { code: 'conflict' } });
    const { latest } = await eventually(async () => LatestLoopTest.parse((await ada.get(path)).json), (seen) => seen.latest?.endedAt !== null, 'the end of the loop test');
    expect(latest).toMatchObject({ result: 'arrived', comment: 'removed', tookMs: expect.any(Number) });
    expect((await ada.get(`/api/v1/deliveries/${latest!.deliveryId}`)).json).toMatchObject({ outcome: 'ignored', issueKey: 'SHOP-13', jobId: null });
    expect(stage.ourComments('SHOP-13')).toEqual([]);
    expect((await ada.get('/api/v1/jobs?issueKey=SHOP-13')).json.items).toEqual([]);
  });
});
