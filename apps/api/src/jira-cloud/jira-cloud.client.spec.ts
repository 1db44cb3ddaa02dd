import { doc, paragraph } from '@openhands-jira/domain';
import { wiki } from '../../../../tools/sandbox/jira-store.ts';
import { ACCOUNTS, CREDENTIALS } from '../../../../tools/sandbox/seed.ts';
import { type CloudSiteBench, startCloudSite } from '../testing/cloud-site.js';
import { JiraCloudClient } from './jira-cloud.client.js';

const mark = { v: 1 as const, key: 'job:1:status', jobId: '1', kind: 'status.working' };
const comment = (internal = false) => ({ body: doc(paragraph('Working on it')), audience: { visibility: null, internal }, mark });

describe('The client of Jira Cloud', () => {
  let bench: CloudSiteBench;
  beforeEach(async () => void (bench = await startCloudSite()));
  afterEach(() => bench.close());

  const token = () => bench.sandbox.jira.serviceTokens[0]!;
  const calls = () => bench.sandbox.atlassian.standIn.calls;
  const shop = () => bench.sandbox.jira.store.issue('SHOP-12');

  it('uses Bearer when Basic is refused, and remembers which one worked', async () => {
    token().schemes = ['bearer'];
    expect(await bench.client({ scheme: null }).getIssue('SHOP-12')).toMatchObject({ key: 'SHOP-12' });
    expect(bench.learned).toContainEqual({ scheme: 'bearer' });
    expect(calls().map((call) => call.status)).toEqual([401, 200]);
  });

  it('goes straight to the scheme that worked before', async () => {
    await bench.client({ scheme: 'bearer' }).getIssue('SHOP-12');
    expect(calls()).toHaveLength(1);
    expect(bench.learned.some((learned) => learned.scheme)).toBe(false);
  });

  it('learns its own account from a header of an answer', async () => {
    await bench.client().getIssue('SHOP-12');
    expect(bench.learned).toContainEqual({ accountId: bench.serviceAccountId });
  });

  it('learns its own account from the first comment when no header tells it', async () => {
    bench.sandbox.jira.showsAccountIdHeader = false;
    await bench.client({}, []).addComment(shop().id, comment());
    expect(bench.learned).toEqual([{ accountId: bench.serviceAccountId }]);
  });

  it('calls only the gateway, never the site', async () => {
    await bench.client().getIssue('SHOP-12');
    await bench.client().addComment(shop().id, comment());
    expect(calls().every((call) => call.path.startsWith(`/ex/jira/${bench.sandbox.jira.cloudId}/rest/api/`))).toBe(true);
  });

  it.each([
    ['read', ['write:jira-work'], 'service_account_rejected', 'read:jira-work'],
    ['write', ['read:jira-work'], 'service_account_forbidden', 'write:jira-work'],
  ])('names the scope that is missing to %s', async (what, scopes, code, missing) => {
    token().scopes = scopes;
    const client = bench.client();
    const call = what === 'read' ? client.getIssue('SHOP-12') : client.addComment(shop().id, comment());
    await expect(call).rejects.toMatchObject({ code, message: expect.stringContaining(missing) });
  });

  it('says that it may not comment', async () => {
    bench.sandbox.jira.withholdPermission(bench.serviceAccountId, 'ADD_COMMENTS');
    await expect(bench.client().addComment(shop().id, comment())).rejects.toMatchObject({ code: 'service_account_forbidden', status: 400 });
  });

  it('answers an internal note with an internal note, also after an edit', async () => {
    const help = bench.sandbox.jira.store.issue('HELP-1');
    const id = await bench.client().addComment(help.id, comment(true));
    await bench.client().editComment(help.id, id, comment(true), true);
    expect(bench.sandbox.jira.store.comment(help, id).jsdPublic).toBe(false);
    expect(await bench.client().getIssue('HELP-1')).toMatchObject({ serviceProject: true });
  });

  it.each([[true, false], [false, true]])('edits quietly: %s, and people get mail: %s', async (quiet, mail) => {
    const id = await bench.client().addComment(shop().id, comment());
    await bench.client().editComment(shop().id, id, comment(), quiet);
    expect(bench.sandbox.jira.store.comment(shop(), id).notifiedUsersOnEdit).toBe(mail);
  });

  it('finds a change far down a long history', async () => {
    const { store } = bench.sandbox.jira;
    const changes = Array.from({ length: 250 }, (_, number) => store.setLabels(shop(), [`l${number}`], ACCOUNTS.ben).id);
    for (const index of [0, 120, 249]) expect(await bench.client().getChange(shop().id, changes[index]!)).toMatchObject({ id: changes[index] });
    calls().length = 0;
    await bench.client().getChange(shop().id, changes[249]!);
    expect(calls()).toHaveLength(2);
  });

  it('reads the mark of its comments by itself where answers hold no properties', async () => {
    const { store } = bench.sandbox.jira;
    const id = await bench.client().addComment(shop().id, comment());
    store.addComment(shop(), { authorId: ACCOUNTS.ben, body: wiki('from a person') });
    const gateway = bench.gateway();
    const call = gateway.call.bind(gateway);
    gateway.call = (given) => call({ ...given, path: given.path.replace(/[?&]expand=properties/, '') });
    const client = new JiraCloudClient(gateway, { siteUrl: '', accountIds: [bench.serviceAccountId] });
    calls().length = 0;
    const listed = await client.listComments(shop().id, 10);
    expect(listed.map((one) => [one.id, one.mark])).toEqual([[expect.any(String), null], [id, mark]]);
    expect(calls()).toHaveLength(2);
  });

  it('sees the e-mail address of a person only with the scope for it, and when it is not hidden', async () => {
    const { store } = bench.sandbox.jira;
    expect(await bench.client().emailOf(ACCOUNTS.ben)).toBeNull();
    token().scopes.push('read:jira-user');
    expect(await bench.client().emailOf(ACCOUNTS.ben)).toBeNull();
    store.person(ACCOUNTS.ben).emailVisible = true;
    expect(await bench.client().emailOf(ACCOUNTS.ben)).toBe('ben@example.com');
    expect(await bench.client().emailOf('712020:nobody')).toBeNull();
  });

  it('offers no reactions', async () => {
    expect(await bench.client().react()).toBe(false);
  });

  it('tells an issue that it cannot see from a site that is gone', async () => {
    await expect(bench.client({ cloudId: '00000000-0000-4000-8000-000000000000' }).getIssue('SHOP-12')).rejects.toMatchObject({ code: 'jira_unreachable', status: 404 });
  });

  it('takes the end of a pause from the reset time when no Retry-After is there', async () => {
    const at = new Date(Date.now() + 5000).toISOString();
    bench.sandbox.atlassian.standIn.faults.add({ effect: { kind: 'status', status: 429, headers: { 'x-ratelimit-reset': at } } });
    const problem = await bench.client().getIssue('SHOP-12').catch((error: { retryAfterMs: number }) => error);
    expect(problem).toMatchObject({ code: 'jira_rate_limited', retryAfterMs: expect.any(Number) });
    expect((problem as { retryAfterMs: number }).retryAfterMs).toBeGreaterThanOrEqual(1000);
  });

  it('never shows the token, nor anything that Jira answered, in a problem', async () => {
    bench.sandbox.atlassian.standIn.faults.add({ effect: { kind: 'status', status: 500, body: { message: 'stack trace of Jira' } } });
    const problem = (await bench.client().getIssue('SHOP-12').catch((error: Error) => error)) as Error;
    expect(problem.message).not.toMatch(/stack trace/);
    expect(problem.message).not.toContain(CREDENTIALS.serviceAccountToken);
  });
});
