import { doc, type NewComment, paragraph } from '@openhands-jira/domain';
import { wiki } from '../../../../tools/sandbox/jira-store.ts';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../../../../tools/sandbox/seed.ts';
import { type DataCenterSiteBench, startDataCenterSite } from '../testing/data-center-site.js';
import { ownAccount, readVersion, versionOf } from './jira-data-center.account.js';
import { JiraDataCenterClient } from './jira-data-center.client.js';

const mark = { v: 1 as const, key: 'job:1:status', jobId: '1', kind: 'status.working' };

function comment(internal = false): NewComment {
  return { body: doc(paragraph('Working {on} it')), audience: { visibility: null, internal }, mark };
}

describe('The client of Jira Data Center', () => {
  let bench: DataCenterSiteBench;
  const jira = () => bench.sandbox.jiraDataCenter;
  const shop = () => jira().store.issue('SHOP-12');
  const calls = () => jira().standIn.calls;

  beforeEach(async () => void (bench = await startDataCenterSite({ contextPath: '/jira' })));
  afterEach(() => bench.close());

  it('writes wiki markup in which nothing of the text is live', async () => {
    const id = await bench.client().addComment(shop().id, comment());
    expect(jira().store.comment(shop(), id).body).toEqual(wiki('Working \\{on\\} it'));
  });

  it.each(['unauthorized', 'redirect', 'login-page', 'anonymous'] as const)('says that its token is refused when Jira answers a bad one with: %s', async (badTokenAnswer) => {
    jira().behaviour.badTokenAnswer = badTokenAnswer;
    for (const call of [bench.client('wrong').getIssue('SHOP-12'), bench.client('wrong').addComment(shop().id, comment()), ownAccount(bench.server('wrong'))]) {
      await expect(call).rejects.toMatchObject({ code: 'service_account_rejected', message: expect.not.stringContaining('wrong') });
    }
  });

  it('does not take "not found" for an answer when Jira took it for a stranger', async () => {
    jira().standIn.faults.add({ effect: { kind: 'status', status: 404, headers: { 'x-ausername': 'anonymous' } } });
    await expect(bench.client().getIssue('SHOP-12')).rejects.toMatchObject({ code: 'service_account_rejected' });
  });

  it.each([301, 308])('tells a moved site (%i) from a login page', async (status) => {
    jira().standIn.faults.add({ effect: { kind: 'status', status, headers: { location: 'https://elsewhere.example.com/' } } });
    await expect(bench.client().getIssue('SHOP-12')).rejects.toMatchObject({ code: 'jira_site_renamed' });
  });

  it('hears from each answer whom Jira took it for', async () => {
    await bench.client().getIssue('SHOP-12');
    expect(bench.names).toEqual(['openhands']);
    expect(await ownAccount(bench.server())).toEqual({ key: DATA_CENTER_KEYS.agent, name: 'openhands', displayName: 'OpenHands Agent' });
  });

  it.each([['10.3.24', 10, 3], ['10.0.1', 10, 0], ['9.12.30', 9, 12], ['11.0.1', 11, 0]])('reads the version %s', async (version, major, minor) => {
    jira().behaviour.version = version;
    expect(await versionOf(bench.server())).toEqual({ text: version, major, minor });
  });

  it('reads the version of a server that tells it as a text only, and of nothing else than Jira Data Center', () => {
    expect(readVersion({ version: '8.5.1' })).toEqual({ text: '8.5.1', major: 8, minor: 5 });
    for (const info of [{ version: '1001.0.0', versionNumbers: [1001, 0, 0], deploymentType: 'Cloud' }, { version: 'new' }, {}]) expect(readVersion(info)).toBeNull();
  });

  it('keeps the context path in every call', async () => {
    await bench.client().getIssue('SHOP-12');
    await bench.client().addComment(shop().id, comment());
    expect(calls().every((call) => call.path.startsWith('/jira/rest/api/2/'))).toBe(true);
  });

  it('answers an internal note with an internal note, also after an edit', async () => {
    const help = jira().store.issue('HELP-1');
    const id = await bench.client().addComment(help.id, comment(true));
    await bench.client().editComment(help.id, id, comment(true));
    expect(jira().store.comment(help, id).jsdPublic).toBe(false);
    expect((await bench.client().getComment(help.id, id))?.audience.internal).toBe(true);
    expect(await bench.client().getIssue('HELP-1')).toMatchObject({ serviceProject: true });
  });

  it('reads mark and note by themselves where answers hold no properties, but not for each comment of a list', async () => {
    const id = await bench.client().addComment(shop().id, comment());
    jira().store.addComment(shop(), { authorId: DATA_CENTER_KEYS.ben, body: wiki('from a person') });
    const server = bench.server();
    const call = server.call.bind(server);
    server.call = (given) => call({ ...given, path: given.path.replace(/[?&]expand=properties/, '') });
    const client = new JiraDataCenterClient(server, { baseUrl: '', accountIds: [bench.serviceAccountId] });
    expect(await client.getComment(shop().id, id)).toMatchObject({ mark, audience: { internal: false } });
    calls().length = 0;
    expect((await client.listComments(shop().id, 10)).map((one) => one.mark)).toEqual([null, mark]);
    expect(calls()).toHaveLength(2);
  });

  it('reacts with a thumb where reactions exist', async () => {
    const { id } = jira().store.addComment(shop(), { authorId: DATA_CENTER_KEYS.ben, body: wiki('@openhands please') });
    expect(await bench.client().react(id)).toBe(true);
    expect(jira().reactions).toEqual([{ commentId: id, emojiId: '1f44d', personKey: DATA_CENTER_KEYS.agent }]);
  });

  it.each([401, 403, 404, 405])('takes the answer %i for "no reactions here"', async (status) => {
    jira().standIn.faults.add({ path: '/reactions', effect: { kind: 'status', status } });
    expect(await bench.client().react('1')).toBe(false);
  });

  it('does not mistake an outage for missing reactions', async () => {
    jira().standIn.faults.add({ path: '/reactions', effect: { kind: 'status', status: 503 } });
    await expect(bench.client().react('1')).rejects.toMatchObject({ code: 'jira_unreachable' });
  });

  it('sees the e-mail address of a person as long as administrators let people see it', async () => {
    expect(await bench.client().emailOf(DATA_CENTER_KEYS.ben)).toBe('ben@example.com');
    expect(await bench.client().emailOf('JIRAUSER0')).toBeNull();
    jira().behaviour.showsEmails = false;
    expect(await bench.client().emailOf(DATA_CENTER_KEYS.ben)).toBeNull();
  });

  it('does not take the lack of a right for the lack of a person', async () => {
    for (const question of [() => bench.client().emailOf(DATA_CENTER_KEYS.ben), () => bench.client().accountsWithEmail('ben@example.com')]) {
      jira().standIn.faults.add({ path: '/rest/api/2/user', effect: { kind: 'status', status: 403 } });
      await expect(question()).rejects.toMatchObject({ code: 'service_account_forbidden', status: 403 });
    }
  });

  it('finds accounts by their exact address only', async () => {
    jira().store.person(DATA_CENTER_KEYS.cleo).emailAddress = 'big-ben@example.com';
    expect((await bench.client().accountsWithEmail('Ben@Example.com')).map((one) => one.id)).toEqual([DATA_CENTER_KEYS.ben]);
    expect(await bench.client().accountsWithEmail('ben')).toEqual([]);
  });

  it('says that it may not comment', async () => {
    jira().permissions.withhold(DATA_CENTER_KEYS.agent, 'ADD_COMMENTS');
    await expect(bench.client().addComment(shop().id, comment())).rejects.toMatchObject({ code: 'service_account_forbidden', status: 400 });
  });

  it('never shows the token, nor anything that Jira answered, in a problem', async () => {
    jira().standIn.faults.add({ effect: { kind: 'status', status: 500, body: { message: 'stack trace of Jira' } } });
    const problem = (await bench.client().getIssue('SHOP-12').catch((error: Error) => error)) as Error;
    expect(problem.message).not.toMatch(/stack trace/);
    expect(problem.message).not.toContain(CREDENTIALS.dataCenterPat);
  });
});

describe('Certificates', () => {
  it.each([['expired', 'CERT_HAS_EXPIRED'], ['wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID']] as const)('tells a certificate that is %s from others', async (certificate, code) => {
    const bench = await startDataCenterSite({ certificate });
    await expect(bench.client().getIssue('SHOP-12')).rejects.toMatchObject({ code: 'jira_unreachable', cause: { stage: 'tls', cause_code: code } });
    await bench.close();
  });
});
