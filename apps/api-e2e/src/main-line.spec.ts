import { ACCOUNTS, Stage } from './stage.js';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';

describe('A comment that mentions @openhands', () => {
  let stage: Stage;
  let ada: Browser;
  let ben: Browser;

  beforeAll(async () => {
    stage = await Stage.open();
    ada = await stage.signIn('ada');
    await stage.connectWorkspace(ada);
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
  });
});
