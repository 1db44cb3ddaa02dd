import type { ConnectionCheck } from '@openhands-jira/contracts';
import { authorityCertificate } from '../../../../tools/sandbox/jira-data-center/certificates.ts';
import { usualBehaviour } from '../../../../tools/sandbox/jira-data-center/behaviour.ts';
import { type Sandbox, startSandbox } from '../../../../tools/sandbox/sandbox.ts';
import { CREDENTIALS } from '../../../../tools/sandbox/seed.ts';
import { listen, StandIn } from '../../../../tools/sandbox/stand-in.ts';
import { readConfig } from '../config/config.js';
import { OutgoingHttp } from '../http/outgoing.js';
import { type PemCertificate, readCertificates } from '../http/pem.js';
import type { TrustedCertificates } from '../http/trusted-certificates.service.js';
import { DataCenterDiagnosis } from './jira-data-center.diagnosis.js';
import type { DataCenterSettings, InstalledDataCenter } from './jira-data-center.settings.js';

const config = readConfig({ PUBLIC_URL: 'https://app.openhands.example.com', OUTBOUND_ALLOWED_HOSTS: 'localhost' });

function authorities(): PemCertificate[] {
  const reading = readCertificates(authorityCertificate());
  return reading.ok ? reading.certificates : [];
}

describe('The test of the settings of Jira Data Center', () => {
  let sandbox: Sandbox;
  let trusted: PemCertificate[];
  let settings: InstalledDataCenter;

  beforeAll(async () => {
    sandbox = await startSandbox({ jiraDataCenter: { contextPath: '/jira', certificate: 'valid' } });
  });
  afterAll(() => sandbox.close());
  beforeEach(() => {
    Object.assign(sandbox.jiraDataCenter.behaviour, usualBehaviour('10.3.24'));
    sandbox.presentCertificate('valid');
    trusted = authorities();
    settings = {
      enabled: true, linkMethod: 'oauth', baseUrl: sandbox.urls.jiraDataCenter, managedBy: {} as InstalledDataCenter['managedBy'],
      serviceAccountEmail: CREDENTIALS.dataCenterAccountEmail, serviceAccountPat: CREDENTIALS.dataCenterPat, serviceAccountPatName: null,
      oauthClientId: CREDENTIALS.oauthClientId, oauthClientSecret: CREDENTIALS.oauthClientSecret,
    };
  });

  function run(): Promise<ConnectionCheck[]> {
    const certificates = { current: async () => trusted } as unknown as TrustedCertificates;
    const stored = { current: async () => settings } as unknown as DataCenterSettings;
    return new DataCenterDiagnosis(stored, new OutgoingHttp(config, certificates), certificates, config).run();
  }
  /** `tcp yes, tls no` */
  const words = (checks: ConnectionCheck[]): string => checks.map(({ check, ok }) => `${check} ${ok ? 'yes' : 'no'}`).join(', ');
  const failed = (checks: ConnectionCheck[]): ConnectionCheck[] => checks.filter((one) => !one.ok);

  it('passes all checks when everything is right, and tells whose the token is', async () => {
    const checks = await run();
    expect(words(checks)).toBe('settings yes, dns yes, tcp yes, tls yes, version yes, service_account yes, oauth_client yes');
    expect(checks.map((one) => one.detail).join(' ')).toMatch(/until 2119-.*Jira 10\.3\.24.*OpenHands.*\(\S+\).*knows the client/);
    expect(checks.at(-1)!.hint).toContain('https://app.openhands.example.com/integration/jira-dc/callback');
  });

  it('leaves the OAuth client out when people are matched by e-mail', async () => {
    settings = { ...settings, linkMethod: 'email', oauthClientId: null, oauthClientSecret: null };
    expect(words(await run())).toBe('settings yes, dns yes, tcp yes, tls yes, version yes, service_account yes');
  });

  it('names the settings that are missing, with their variables', async () => {
    settings = { ...settings, baseUrl: null, oauthClientSecret: null };
    const checks = await run();
    expect(words(checks)).toBe('settings no');
    expect(checks[0]!.hint).toContain('JIRA_DC_BASE_URL, JIRA_DC_CLIENT_SECRET');
  });

  it('says that it is not enabled, and checks the rest all the same', async () => {
    settings = { ...settings, enabled: false };
    expect(failed(await run())).toMatchObject([{ check: 'settings', detail: expect.stringContaining('not enabled') }]);
  });

  describe('on the way to the server', () => {
    it.each<[string, () => void, string, RegExp]>([
      ['a name that nobody knows', () => (settings.baseUrl = 'https://jira.invalid'), 'settings yes, dns no', /name server/],
      ['an authority that is not trusted', () => (trusted = []), 'settings yes, dns yes, tcp yes, tls no', /Additional Trusted CA Certificates/],
      ['a certificate that expired', () => sandbox.presentCertificate('expired'), 'settings yes, dns yes, tcp yes, tls no', /Renew/],
      ['a certificate for another name', () => sandbox.presentCertificate('wrong-host'), 'settings yes, dns yes, tcp yes, tls no', /name that stands in the certificate/],
    ])('finds %s', async (_, arrange, expected, hint) => {
      arrange();
      const checks = await run();
      expect(words(checks)).toBe(expected);
      expect(checks.at(-1)!.hint).toMatch(hint);
    });

    it('finds a port at which nothing listens', async () => {
      const free = await listen(new StandIn('closed'), 0);
      await free.close();
      settings.baseUrl = `https://localhost:${free.port}`;
      const checks = await run();
      expect(words(checks)).toBe('settings yes, dns yes, tcp no');
      expect(checks.at(-1)!.detail).toContain(`localhost, port ${free.port}`);
    });

    it('finds a port that speaks plain http', async () => {
      const plain = await listen(new StandIn('plain'), 0);
      settings.baseUrl = `https://localhost:${plain.port}`;
      const checks = await run();
      await plain.close();
      expect(words(checks)).toBe('settings yes, dns yes, tcp yes, tls no');
      expect(checks.at(-1)!.hint).toContain('plain http');
    });
  });

  describe('at the server', () => {
    it('finds a base URL without its context path', async () => {
      settings.baseUrl = settings.baseUrl!.replace('/jira', '');
      expect(failed(await run())).toMatchObject([{ check: 'version', hint: expect.stringContaining('context path') }]);
    });

    it('finds a Jira that cannot sign its calls', async () => {
      sandbox.jiraDataCenter.behaviour.version = '9.12.30';
      expect(failed(await run())).toMatchObject([{ check: 'version', detail: 'This is Jira 9.12.30, which cannot sign its webhook calls.' }]);
    });

    it.each(['10.0.2', '10.2.0'])('takes a Jira %s, and says that Atlassian supports it no longer', async (version) => {
      sandbox.jiraDataCenter.behaviour.version = version;
      const checks = await run();
      expect(failed(checks)).toEqual([]);
      expect(checks.find(({ check }) => check === 'version')).toMatchObject({ detail: `This is Jira ${version}. Atlassian supports it no longer.`, hint: expect.stringContaining('10.3 or later') });
    });

    it('asks a strict site for its version as the service account', async () => {
      sandbox.jiraDataCenter.behaviour.serverInfoNeedsLogin = true;
      expect(failed(await run())).toEqual([]);
      settings.serviceAccountPat = 'wrong';
      expect(failed(await run()).map((one) => one.check)).toEqual(['version', 'service_account']);
    });

    it.each(['unauthorized', 'redirect', 'login-page', 'anonymous'] as const)('takes a wrong token for refused, answered by: %s', async (badTokenAnswer) => {
      sandbox.jiraDataCenter.behaviour.badTokenAnswer = badTokenAnswer;
      settings.serviceAccountPat = 'wrong-token-of-nobody';
      const checks = await run();
      expect(failed(checks)).toMatchObject([{ check: 'service_account', detail: 'Jira does not accept the personal access token.' }]);
      expect(JSON.stringify(checks)).not.toContain('wrong-token-of-nobody');
    });

    it('finds a captcha that stands in the way', async () => {
      sandbox.jiraDataCenter.standIn.faults.add({ path: '/jira/rest/api/2/myself', times: 1, effect: { kind: 'status', status: 403, headers: { 'X-Seraph-LoginReason': 'AUTHENTICATION_DENIED' }, body: {} } });
      expect(failed(await run())).toMatchObject([{ check: 'service_account', hint: expect.stringContaining('solve the captcha') }]);
    });

    it('finds a token that belongs to somebody else', async () => {
      settings.serviceAccountPat = CREDENTIALS.dataCenterPatOfBen;
      expect(failed(await run())).toMatchObject([{ check: 'service_account', detail: expect.stringMatching(/^The token belongs to Ben Builder \(ben\)/) }]);
    });

    it.each<[string, Partial<InstalledDataCenter>]>([['ID', { oauthClientId: 'another' }], ['secret', { oauthClientSecret: 'another' }]])('finds a wrong client %s', async (_, wrong) => {
      settings = { ...settings, ...wrong };
      expect(failed(await run())).toMatchObject([{ check: 'oauth_client', detail: 'Jira does not know this client ID with this secret.' }]);
    });

    it('finds a Jira without OAuth 2.0', async () => {
      sandbox.jiraDataCenter.standIn.faults.add({ path: '/jira/rest/oauth2/latest/token', times: 1, effect: { kind: 'status', status: 404, body: {} } });
      expect(failed(await run())).toMatchObject([{ check: 'oauth_client', hint: expect.stringContaining('e-mail match') }]);
    });

    it('follows no redirect and repeats nothing of an answer', async () => {
      sandbox.jiraDataCenter.standIn.faults.add({ path: '/jira/rest/api/2/serverInfo', times: 1, effect: { kind: 'status', status: 302, headers: { location: 'https://elsewhere.example.com/secret-path' }, body: {} } });
      const checks = await run();
      expect(failed(checks)).toMatchObject([{ check: 'version', detail: 'Jira sends us to another address.' }]);
      expect(JSON.stringify(checks)).not.toContain('elsewhere');
    });
  });
});
