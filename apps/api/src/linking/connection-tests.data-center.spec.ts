import type { HealthCheck } from '@openhands-jira/contracts';
import { CREDENTIALS } from '../../../../tools/sandbox/seed.ts';
import { type JiraBench, type SignedIn, startDataCenterBench } from '../testing/jira-bench.js';

describe('Testing the connection to a Jira Data Center', () => {
  let bench: JiraBench;
  let ada: SignedIn;
  let ben: SignedIn;
  let root: SignedIn;
  let connectionId: string;

  beforeAll(async () => {
    bench = await startDataCenterBench({ ADMIN_EMAILS: 'root@example.com' }, { server: { contextPath: '/jira' } });
    ada = await bench.person('Ada', 'ada@example.com');
    ben = await bench.person('Ben', 'ben@example.com');
    root = await bench.person('Root', 'root@example.com');
    const { body } = await ada.send('PUT', '/api/v1/jira-data-center/webhook', { mode: 'automatic', adminToken: CREDENTIALS.dataCenterAdminPat });
    ({ connectionId } = body);
  });
  afterAll(() => bench.close());

  async function tested(person: SignedIn): Promise<{ text: string; words: string }> {
    const { status, body } = await person.send('POST', `/api/v1/connections/${connectionId}/test`);
    const items = (body.items ?? []) as unknown as HealthCheck[];
    return { text: `${status} ${JSON.stringify(body)}`, words: items.map(({ check, result }) => `${check} ${result}`).join(', ') };
  }

  it('finds the same for its owner and for administrators, and tells only administrators of the installation', async () => {
    const owner = await tested(ada);
    expect((await ada.send('GET', `/api/v1/connections/${connectionId}/tests`)).body).toMatchObject({ latest: { items: JSON.parse(owner.text.slice(4)).items } });
    const administrator = await tested(root);
    expect(owner.words).toMatch(/^settings pass, dns pass, tcp pass, tls pass, version pass, service_account pass, oauth_client pass, oauth_return pass, token_end \w+, last_accepted unknown, last_rejected pass, refusals unknown, signing_secret unknown, no_job unknown, hidden_emails unknown$/);
    expect(administrator.words.replace(', unknown_calls pass', '')).toBe(owner.words);
    expect(administrator.text).toContain('/integration/jira-dc/callback');
    const timed = (JSON.parse(owner.text.slice(4)) as { items: HealthCheck[] }).items.filter((one) => one.tookMs !== undefined).map((one) => one.check);
    expect(timed).toEqual(['dns', 'tcp', 'tls', 'version', 'service_account', 'oauth_client']);
    expect(owner.text).not.toMatch(/127\.0\.0\.1|::1|localhost|callback/);
    for (const secret of [CREDENTIALS.dataCenterPat, CREDENTIALS.dataCenterAdminPat, CREDENTIALS.oauthClientSecret]) expect(owner.text + administrator.text).not.toContain(secret);
    expect((await tested(ben)).text).toMatch(/^404 /);
  });

  it('sends an owner to the administrators, and tries nothing behind what failed', async () => {
    bench.sandbox.jiraDataCenter.standIn.faults.add({ path: 'serverInfo', effect: { kind: 'status', status: 404 } });
    const { words, text } = await tested(ada);
    expect(words).toMatch(/tcp pass, tls pass, version fail, service_account unknown, oauth_return pass, token_end/);
    expect(text).toContain('Ask an administrator');
  });

  it('does not speak of another server than the one that it was set up for', async () => {
    await bench.db.query(`UPDATE connections SET site = 'former.example.com'`);
    const { words, text } = await tested(ada);
    expect(words).toMatch(/^settings fail, oauth_return pass, token_end/);
    expect(text).toContain('another base URL');
  });
});
