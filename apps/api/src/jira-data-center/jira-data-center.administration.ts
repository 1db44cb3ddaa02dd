import { Injectable } from '@nestjs/common';
import { DATA_CENTER_FIELDS, DATA_CENTER_VARIABLES, type DataCenterConfiguration, type DataCenterField, type UpdateDataCenterConfiguration } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/config.js';
import { serverAddressMistake } from '../http/server-address.js';
import type { Caller } from '../security/access.js';
import { AuditLog, type Change } from '../security/audit-log.service.js';
import { type FieldError, Problem } from '../security/problem.js';
import { DataCenterSettings, type DataCenterValues, type InstalledDataCenter, missingSettings } from './jira-data-center.settings.js';
import { CALLBACK_PATH, siteOfBaseUrl } from './jira-data-center.site.js';

/** The path is fixed by the product's documentation. */

const NAMES: Record<DataCenterField, string> = {
  enabled: 'switch',
  linkMethod: 'user linking method',
  baseUrl: 'base URL',
  serviceAccountEmail: 'e-mail address of the service account',
  serviceAccountPat: 'personal access token of the service account',
  serviceAccountPatName: 'name of the personal access token',
  oauthClientId: 'OAuth client ID',
  oauthClientSecret: 'OAuth client secret',
};

/** The administrators' view of the settings of Jira Data Center, and changing them. */
@Injectable()
export class DataCenterAdministration {
  constructor(
    private readonly settings: DataCenterSettings,
    private readonly audit: AuditLog,
    private readonly db: DataSource,
    private readonly config: AppConfig,
  ) {}

  async view(): Promise<DataCenterConfiguration> {
    const { serviceAccountPat, oauthClientSecret, ...open } = await this.settings.current();
    return {
      ...open,
      serviceAccountPatSet: serviceAccountPat !== null,
      oauthClientSecretSet: oauthClientSecret !== null,
      callbackUrl: callbackUrl(this.config),
      missing: missingSettings({ ...open, serviceAccountPat, oauthClientSecret }),
      ...(await this.ofPresentServer(open.baseUrl)),
    };
  }

  /** Changes what differs. All processes follow within half a second. Throws `Problem` when something is not right. */
  async update(caller: Caller, wanted: UpdateDataCenterConfiguration): Promise<DataCenterConfiguration> {
    await this.db.transaction(async (manager) => {
      const former = await this.settings.locked(manager);
      const differences = differing(former, wanted);
      refuseManaged(former, differences);
      const wrongAddress = this.addressMistakes(differences);
      const moved = wrongAddress.length === 0 && leavesServer(former, differences);
      const changes = moved && differences.baseUrl === null ? { ...differences, ...withoutSecrets(former) } : differences;
      const mistakes = [...wrongAddress, ...(moved ? secretsOfFormerServer(former, wanted, changes) : []), ...missingMistakes({ ...former, ...differences })];
      if (mistakes.length > 0) throw new Problem(400, 'validation_failed', 'Some values are missing or have the wrong form. Each is named with what a good value looks like.', mistakes);
      if (Object.keys(changes).length === 0) return;
      await this.settings.save(manager, changes);
      await this.audit.note(manager, caller, { what: 'jira_data_center_changed', changes: auditLines(former, changes) });
    });
    this.settings.forget();
    return this.view();
  }

  private addressMistakes({ baseUrl }: Partial<DataCenterValues>): FieldError[] {
    const message = baseUrl ? serverAddressMistake(baseUrl, this.config.env.OUTBOUND_ALLOWED_HOSTS) : null;
    return message === null ? [] : [{ path: 'baseUrl', message }];
  }

  /** People whose links are of the present server (those of a former one do not count already), and the end of the token there. */
  private async ofPresentServer(baseUrl: string | null): Promise<Pick<DataCenterConfiguration, 'linkedPeople' | 'serviceAccountPatExpiresAt'>> {
    const [row] = await this.db.query<{ people: number; end: Date | null }[]>(PRESENT_SERVER, [baseUrl && siteOfBaseUrl(baseUrl)]);
    return { linkedPeople: row?.people ?? 0, serviceAccountPatExpiresAt: row?.end?.toISOString() ?? null };
  }
}

const PRESENT_SERVER = `
  SELECT service_account_token_expires_at AS "end", (SELECT count(*)::int FROM links WHERE connection_id = c.id) AS people
  FROM connections c WHERE product = 'jira-data-center' AND site = $1`;

/** Where Jira sends people back to: it must be entered in Jira exactly so. */
export function callbackUrl(config: AppConfig): string {
  return config.publicUrl + CALLBACK_PATH;
}

/** The wanted values that are not in force already. A form sends back what it was shown, and that changes nothing. */
function differing(former: InstalledDataCenter, wanted: UpdateDataCenterConfiguration): Partial<DataCenterValues> {
  const fields = DATA_CENTER_FIELDS.filter((field) => wanted[field] !== undefined && wanted[field] !== former[field]);
  return Object.fromEntries(fields.map((field) => [field, wanted[field]])) as Partial<DataCenterValues>;
}

function refuseManaged({ managedBy }: InstalledDataCenter, changes: Partial<DataCenterValues>): void {
  const fixed = (Object.keys(changes) as DataCenterField[]).filter((field) => managedBy[field] === 'environment');
  if (fixed.length === 0) return;
  const errors = fixed.map((field) => ({ path: field, message: `The ${NAMES[field]} is set by ${DATA_CENTER_VARIABLES[field]} in the environment. Change it there.` }));
  throw new Problem(409, 'managed_by_environment', `${errors.map((error) => error.message).join(' ')} Nothing was changed.`, errors);
}

/** Secrets that are sent to the server, and so belong to it. */
const SECRETS = ['serviceAccountPat', 'oauthClientSecret'] as const;

/** True when the settings name another server than before, or none any more. */
function leavesServer({ baseUrl: former }: DataCenterValues, { baseUrl }: Partial<DataCenterValues>): boolean {
  return former !== null && baseUrl !== undefined && (baseUrl === null || siteOfBaseUrl(baseUrl) !== siteOfBaseUrl(former));
}

/** Without a server there are none; those of the environment stay. */
function withoutSecrets(former: InstalledDataCenter): Partial<DataCenterValues> {
  return Object.fromEntries(SECRETS.filter((field) => former[field] !== null && former.managedBy[field] === 'app').map((field) => [field, null]));
}

/**
 * A stored secret never goes to another server than the one that it was entered for: whoever names another server has to know its
 * secrets. Administrators are kept from reading them, and could otherwise have them sent to a server of their own.
 */
function secretsOfFormerServer(former: InstalledDataCenter, wanted: UpdateDataCenterConfiguration, changes: Partial<DataCenterValues>): FieldError[] {
  const kept = SECRETS.filter((field) => former[field] !== null && wanted[field] === undefined && changes[field] === undefined);
  return kept.map((field) => {
    if (former.managedBy[field] === 'app') return { path: field, message: `Enter the ${NAMES[field]} again. The one that is stored was entered for another server, and is sent to no other.` };
    return { path: 'baseUrl', message: `The ${NAMES[field]} is set by ${DATA_CENTER_VARIABLES[field]} in the environment, for the present server. Set ${DATA_CENTER_VARIABLES.baseUrl} there, too.` };
  });
}

/** While it is off, settings may be entered in any order; to be on, it needs all of them. */
function missingMistakes(values: DataCenterValues): FieldError[] {
  if (!values.enabled) return [];
  return missingSettings(values).map((field) => ({ path: field, message: `Enter the ${NAMES[field]}. It is needed before Jira Data Center can be enabled.` }));
}

function auditLines(former: DataCenterValues, changes: Partial<DataCenterValues>): Change['changes'] {
  return (Object.keys(changes) as DataCenterField[]).map((name) => ({ name, from: shown(name, former[name]), to: shown(name, changes[name] ?? null) }));
}

/** Of a secret only that there is one. */
function shown(field: DataCenterField, value: string | boolean | null): string | null {
  if (value === null) return null;
  return field === 'serviceAccountPat' || field === 'oauthClientSecret' ? 'set' : String(value);
}
