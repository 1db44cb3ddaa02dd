import type { Browser } from '../../../tools/sandbox/browser.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { ACCOUNTS, Stage } from './stage.js';

describe('A job that is run again over REST', () => {
  let stage: Stage;
  let ada: Browser;
  let ben: Browser;
  let formerId: string;

  beforeAll(async () => {
    stage = await Stage.open();
    ada = await stage.signIn('ada');
    await stage.connectWorkspace(ada);
    ben = await stage.signIn('ben');
    await stage.link(ben, ACCOUNTS.ben);
    stage.comment('SHOP-12', ACCOUNTS.ben, '@openhands please fix the rounding');
    formerId = (await stage.decided(ada, 'SHOP-12')).jobId;
    await over(formerId);
  });
  afterAll(() => stage.close());

  function over(jobId: string): Promise<unknown> {
    return eventually(async () => (await ada.get(`/api/v1/jobs/${jobId}`)).json.state, (state) => ['succeeded', 'failed', 'cancelled'].includes(state), 'the job to end');
  }

  it('runs in the name of the person who presses the button, not of the one who asked first', async () => {
    const again = await ada.post(`/api/v1/jobs/${formerId}/retry`);
    expect(again.status).toBe(202);
    await over(again.json.jobId);
    const job = (await ada.get(`/api/v1/jobs/${again.json.jobId}`)).json;
    expect(job).toMatchObject({ trigger: 'retry', state: 'succeeded', requestedBy: { name: 'Ada Admin' }, repository: { fullName: 'Acme/web-app' } });
    expect(job.requestedBy.userId).toBe((await ada.get('/api/v1/me')).json.id);
  });

  it('is refused when the person may no longer push to the repository', async () => {
    stage.sandbox.github.setRight('Acme/web-app', 'ben', 'read');
    const again = await ben.post(`/api/v1/jobs/${formerId}/retry`);
    stage.sandbox.github.setRight('Acme/web-app', 'ben', 'write');
    expect([again.status, again.json.code]).toEqual([409, 'not_retryable']);
    expect(again.json.detail).toContain('Acme/web-app');
  });

  it('is refused when the git provider cannot be asked', async () => {
    stage.sandbox.github.standIn.faults.add({ effect: { kind: 'status', status: 500 }, path: '/repos/', times: 4 });
    const again = await ben.post(`/api/v1/jobs/${formerId}/retry`);
    stage.sandbox.github.standIn.faults.clear();
    expect([again.status, again.json.code]).toEqual([503, 'unavailable']);
  });

  it('is refused to a person who is not linked any more', async () => {
    expect((await ben.delete('/api/v1/jira-cloud/link')).status).toBe(204);
    const again = await ben.post(`/api/v1/jobs/${formerId}/retry`);
    expect([again.status, again.json.code]).toEqual([403, 'forbidden']);
    expect(again.json.detail).toContain('Connect your own Jira account');
  });

  it('does not exist for somebody who may not see it', async () => {
    const eve = await stage.signIn('eve');
    expect((await eve.post(`/api/v1/jobs/${formerId}/retry`)).status).toBe(404);
  });

  it('is refused while a job of the issue is at work', async () => {
    stage.sandbox.openhands.stepsPerLook = 0;
    const first = await ada.post(`/api/v1/jobs/${formerId}/retry`);
    const second = await ada.post(`/api/v1/jobs/${formerId}/retry`);
    stage.sandbox.openhands.stepsPerLook = 1;
    expect([first.status, second.status, second.json.code]).toEqual([202, 409, 'not_retryable']);
    await over(first.json.jobId);
  });
});
