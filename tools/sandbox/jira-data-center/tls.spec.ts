import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { startSandbox, type Sandbox } from '../sandbox.ts';
import { CREDENTIALS } from '../seed.ts';
import { AUTHORITY_FILE, authorityCertificate } from './certificates.ts';

/** One request; the HTTP status, or the code of what went wrong below HTTP. */
function look(url: string, ca?: string): Promise<number | string> {
  return new Promise((resolve) => {
    const call = request(url, { agent: false, headers: { authorization: `Bearer ${CREDENTIALS.dataCenterPat}` }, ...(ca === undefined ? {} : { ca }) }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    call.end();
  });
}

describe("TLS of the sandbox's Jira Data Center", () => {
  let sandbox: Sandbox;
  let url: string;

  beforeEach(async () => {
    sandbox = await startSandbox({ jiraDataCenter: { contextPath: '/jira', certificate: 'valid' } });
    url = `${sandbox.urls.jiraDataCenter}/rest/api/2/myself`;
  });

  afterEach(() => sandbox.close());

  it('is fine for whoever trusts the authority, by name and by address', async () => {
    expect(url).toMatch(/^https:\/\/localhost:\d+\/jira\//);
    expect(await look(url, authorityCertificate())).toBe(200);
    expect(await look(url.replace('localhost', '127.0.0.1'), authorityCertificate())).toBe(200);
  });

  it.each([
    ['valid', undefined, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['expired', authorityCertificate(), 'CERT_HAS_EXPIRED'],
    ['wrong-host', authorityCertificate(), 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ] as const)('shows a certificate that is %s', async (name, ca, expected) => {
    sandbox.presentCertificate(name);
    expect(await look(url, ca)).toBe(expected);
    sandbox.presentCertificate('valid');
    expect(await look(url, authorityCertificate())).toBe(200);
  });

  it('tells the product its address and its authority', () => {
    const environment = sandbox.dataCenterEnvironment();
    expect(environment).toMatchObject({ JIRA_DC_BASE_URL: sandbox.urls.jiraDataCenter, TRUSTED_CA_CERTIFICATES: AUTHORITY_FILE, OUTBOUND_ALLOWED_HOSTS: 'localhost' });
    expect(readFileSync(environment['TRUSTED_CA_CERTIFICATES'] ?? '', 'utf8')).toContain('BEGIN CERTIFICATE');
  });

  it('speaks plain HTTP unless asked, and then has no certificate to change', async () => {
    const plain = await startSandbox();
    expect(plain.urls.jiraDataCenter).toMatch(/^http:/);
    expect(plain.dataCenterEnvironment()).toMatchObject({ OUTBOUND_ALLOWED_HOSTS: 'localhost' });
    expect(() => plain.presentCertificate('expired')).toThrow('without TLS');
    await plain.close();
  });
});
