import { readConfig } from '../config/config.js';
import { OutgoingHttp } from '../http/outgoing.js';
import { atlassianEnvironment, type CloudSiteBench, startCloudSite, WORKSPACE } from '../testing/cloud-site.js';
import { type AccountVerdict, CloudAccountCheck } from './jira-cloud.account-check.js';

describe('The check of a service account', () => {
  let bench: CloudSiteBench;
  beforeEach(async () => void (bench = await startCloudSite()));
  afterEach(() => bench.close());

  const check = (changes: object = {}): Promise<AccountVerdict> => {
    const config = readConfig(atlassianEnvironment(bench.sandbox));
    return new CloudAccountCheck(new OutgoingHttp(config), config).check({ site: WORKSPACE.site, email: WORKSPACE.serviceAccountEmail, token: WORKSPACE.serviceAccountApiToken, ...changes });
  };
  const token = () => bench.sandbox.jira.serviceTokens[0]!;

  it('passes with exactly the scopes of the guide, and tells what was looked at', async () => {
    token().scopes = ['read:me', 'read:jira-work', 'write:jira-work'];
    const verdict = await check();
    expect(verdict).toMatchObject({ ok: true, cloudId: bench.sandbox.jira.cloudId, scheme: 'basic', accountId: token().accountId });
    expect(verdict.checks.map((one) => one.check)).toEqual(['site', 'token', 'scopes', 'permissions']);
    expect(bench.sandbox.jira.store.issues.flatMap((issue) => issue.comments).every((comment) => comment.properties.size === 0)).toBe(true);
  });

  it('passes with a token that only Bearer opens, and when no header names the account', async () => {
    token().schemes = ['bearer'];
    bench.sandbox.jira.showsAccountIdHeader = false;
    expect(await check()).toMatchObject({ ok: true, scheme: 'bearer', accountId: null });
  });

  const outcomes: [string, () => object | void, string, string, RegExp][] = [
    ['a wrong token', () => ({ token: 'wrong' }), 'jira_rejected_credentials', 'serviceAccountApiToken', /does not accept/],
    ['a token without read:jira-work', () => void (token().scopes = ['read:me', 'write:jira-work']), 'jira_missing_permission', 'serviceAccountApiToken', /read:jira-work\. Create/],
    ['a token without write:jira-work', () => void (token().scopes = ['read:me', 'read:jira-work']), 'jira_missing_permission', 'serviceAccountApiToken', /write:jira-work\. Create/],
    ['an account that may not comment', () => bench.sandbox.jira.withholdPermission(token().accountId, 'ADD_COMMENTS'), 'jira_missing_permission', 'serviceAccountEmail', /Add comments/],
    ['an account that sees nothing', () => bench.sandbox.jira.withholdPermission(token().accountId, 'BROWSE_PROJECTS'), 'jira_missing_permission', 'serviceAccountEmail', /no project/],
    ['a site without a project', () => void bench.sandbox.jira.store.projects.splice(0), 'jira_missing_permission', 'serviceAccountEmail', /no project/],
    ['a site that does not exist', () => ({ site: 'nobody.atlassian.net' }), 'jira_unreachable', 'site', /no Jira Cloud workspace/],
    ['a site that was renamed', () => void (bench.sandbox.jira.renamedTo = 'new.atlassian.net'), 'jira_unreachable', 'site', /renamed/],
    ['a site id that is none', () => bench.sandbox.atlassian.standIn.faults.add({ path: 'tenant_info', effect: { kind: 'status', status: 200, body: { cloudId: '../../evil' } } }), 'jira_unreachable', 'site', /did not answer/],
    ['a gateway that is down', () => bench.sandbox.atlassian.standIn.faults.add({ path: 'mypermissions', effect: { kind: 'reset' } }), 'jira_unreachable', 'site', /cannot be reached/],
    ['a web page from the gateway', () => bench.sandbox.atlassian.standIn.faults.add({ path: 'mypermissions', effect: { kind: 'html' } }), 'jira_unexpected_answer', 'site', /web page/],
    ['a Jira that asks to slow down', () => bench.sandbox.atlassian.limitRate('jira-burst-based', { path: 'serverInfo' }), 'jira_unreachable', 'site', /slow down/],
  ];
  it.each(outcomes)('refuses %s in plain words, on its field', async (_, arrange, code, field, words) => {
    const verdict = await check(arrange() ?? {});
    expect(verdict).toMatchObject({ ok: false, code, field, message: expect.stringMatching(words) });
    expect(verdict.checks.at(-1)).toMatchObject({ ok: false, hint: expect.stringMatching(/./) });
  });

  it('calls no private address for a site that a person typed', async () => {
    const config = readConfig({ ...atlassianEnvironment(bench.sandbox), ATLASSIAN_SITE_URL: 'https://{site}', JIRA_CLOUD_SITE_SUFFIXES: 'localhost' });
    const verdict = await new CloudAccountCheck(new OutgoingHttp(config), config).check({ site: 'acme.localhost', email: 'a@example.com', token: 't' });
    expect(verdict).toMatchObject({ ok: false, code: 'jira_unreachable', field: 'site' });
  });
});
