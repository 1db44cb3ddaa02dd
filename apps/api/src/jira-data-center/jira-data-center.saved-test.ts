import { Injectable } from '@nestjs/common';
import { type ConnectionCheck, DATA_CENTER_CHECKS } from '@openhands-jira/contracts';
import type { SiteCheck } from '@openhands-jira/domain';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { DataCenterDiagnosis } from './jira-data-center.diagnosis.js';
import { DataCenterSetup } from './jira-data-center.setup.js';

/** The administrators' test of the settings, for one connection. */
@Injectable()
export class DataCenterSavedTest {
  constructor(
    private readonly diagnosis: DataCenterDiagnosis,
    private readonly installed: DataCenterSetup,
  ) {}

  async run(connection: ConnectionEntity): Promise<SiteCheck[]> {
    const address = await this.installed.address();
    if (address !== null && address.site !== connection.site) return [{ check: 'settings', result: 'fail', ...OTHER_SERVER }];
    const checks = await this.diagnosis.run();
    return [...checks.map(lineOf), ...untried(checks)];
  }
}

/** The OAuth client is tried only where people link with OAuth. */
const ALWAYS_TRIED = ['dns', 'tcp', 'tls', 'version', 'service_account'] as const;

const OTHER_SERVER = {
  detail: 'The installation was given another base URL since this connection was set up.',
  hint: 'Set the webhook up again with the present Jira, or ask an administrator to correct the base URL.',
};

const ASK = 'Ask an administrator: the same test under Settings > Installation names the cause.';

const OF_INSTALLATION: ReadonlySet<SiteCheck['check']> = new Set(DATA_CENTER_CHECKS);

/** Checks that speak of the installation, in words for others: when it passes, and when it fails. */
const INSTALLATION: Partial<Record<SiteCheck['check'], [string, string]>> = {
  settings: ['All that is needed is set.', 'A setting of the installation is missing, or Jira Data Center is not enabled.'],
  dns: ['The name of the server is known.', 'The name of the server is not known to this service, or leads to an address that may not be called.'],
  tcp: ['The server can be reached.', 'No connection to the server can be made.'],
  tls: ['The certificate of the server is accepted.', 'The certificate of the server is not accepted.'],
  oauth_client: ['Jira knows this service as an OAuth client.', 'Jira does not accept this service as an OAuth client, so nobody can link an account.'],
};

/**
 * A line of the test for whoever owns the connection. How the server is reached and which client it knows belongs to the
 * installation: of that an owner learns whether it works, and whom to ask.
 */
export function forOwner(line: SiteCheck): SiteCheck {
  const isOwners = line.result === 'unknown' || line.detail === OTHER_SERVER.detail || !OF_INSTALLATION.has(line.check);
  if (isOwners) return line;
  const works = line.result === 'pass';
  const words = INSTALLATION[line.check];
  return { ...line, detail: words?.[works ? 0 : 1] ?? line.detail, hint: works ? '' : ASK };
}

/** The administrators' list ends at a check that leaves nothing to try behind it; here the rest has its lines, too. */
function untried(checks: ConnectionCheck[]): SiteCheck[] {
  const left = ALWAYS_TRIED.filter((check) => !checks.some((one) => one.check === check));
  return left.map((check) => ({ check, result: 'unknown', detail: 'Not tried, because another check failed.', hint: '' }));
}

function lineOf({ ok, ...line }: ConnectionCheck): SiteCheck {
  return { ...line, result: ok ? 'pass' : 'fail' };
}
