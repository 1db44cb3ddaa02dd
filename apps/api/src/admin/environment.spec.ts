import { AUTHORITY_FILE } from '../../../../tools/sandbox/jira-data-center/certificates.ts';
import { type AdminBench, CERTIFICATES, SETTINGS, startAdminBench } from '../testing/admin-bench.js';

describe('Values of the environment', () => {
  let bench: AdminBench;

  beforeAll(async () => {
    bench = await startAdminBench({
      JIRA_DC_ENABLED: 'true', JIRA_DC_LINK_METHOD: 'email', JIRA_DC_BASE_URL: 'https://jira.example.com/jira/', JIRA_DC_SERVICE_ACCOUNT_PAT: 'pat-of-the-environment', TRUSTED_CA_CERTIFICATES: AUTHORITY_FILE,
    });
  });
  afterAll(() => bench.close());

  it('are shown as such, secrets aside', async () => {
    const { body } = await bench.root.get(SETTINGS);
    expect(body).toMatchObject({ enabled: true, linkMethod: 'email', baseUrl: 'https://jira.example.com/jira', serviceAccountPatSet: true, missing: ['serviceAccountEmail'] });
    expect(body['managedBy']).toMatchObject({ enabled: 'environment', baseUrl: 'environment', serviceAccountPat: 'environment', serviceAccountEmail: 'app' });
    expect(JSON.stringify(body)).not.toContain('pat-of-the-environment');
  });

  it.each([['enabled', false, 'JIRA_DC_ENABLED'], ['baseUrl', 'https://other.example.com', 'JIRA_DC_BASE_URL'], ['serviceAccountPat', 'mine', 'JIRA_DC_SERVICE_ACCOUNT_PAT'], ['baseUrl', null, 'JIRA_DC_BASE_URL']])('cannot be changed here: %s', async (field, value, variable) => {
    const answer = await bench.root.send('PUT', SETTINGS, { serviceAccountEmail: 'bot@example.com', [field]: value });
    expect([answer.status, answer.body['code']]).toEqual([409, 'managed_by_environment']);
    expect(answer.body['detail']).toContain(variable);
    expect((await bench.root.get(SETTINGS)).body).toMatchObject({ serviceAccountEmail: null });
  });

  it('may be sent back as they were shown, beside those that are managed here', async () => {
    const answer = await bench.root.send('PUT', SETTINGS, { enabled: true, linkMethod: 'email', baseUrl: 'https://jira.example.com/jira', serviceAccountEmail: 'bot@example.com', serviceAccountPat: '' });
    expect(answer.body).toMatchObject({ serviceAccountEmail: 'bot@example.com', missing: [] });
  });

  it('name the file of the trusted certificates, which is not changed here either', async () => {
    expect((await bench.root.get(CERTIFICATES)).body).toMatchObject({ managedBy: 'environment', items: [{ isCa: true }] });
    const answer = await bench.root.send('PUT', CERTIFICATES, { pem: '' });
    expect([answer.status, answer.body['code']]).toEqual([409, 'managed_by_environment']);
  });
});
