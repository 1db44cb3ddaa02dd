import { Injectable } from '@nestjs/common';
import { DATA_CENTER_FIELDS, DATA_CENTER_VARIABLES, type DataCenterField, type LinkMethod, type ManagedBy } from '@openhands-jira/contracts';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../config/clock.js';
import { AppConfig } from '../config/config.js';
import { SecretBox } from '../security/secret-box.js';

/** The settings of Jira Data Center that count now. Holds secrets: never logged, never answered. */
export interface DataCenterValues {
  /** The one switch: everything else follows it. */
  enabled: boolean;
  linkMethod: LinkMethod;
  /** With scheme, port and context path, without a final slash. */
  baseUrl: string | null;
  serviceAccountEmail: string | null;
  serviceAccountPat: string | null;
  /** How the token is called in Jira. */
  serviceAccountPatName: string | null;
  oauthClientId: string | null;
  oauthClientSecret: string | null;
}

export interface InstalledDataCenter extends DataCenterValues {
  managedBy: Record<DataCenterField, ManagedBy>;
}

/** What is still needed before Jira Data Center can be used. The base URL is needed by both link methods, because every call goes there. */
export function missingSettings(values: DataCenterValues): DataCenterField[] {
  const always: DataCenterField[] = ['baseUrl', 'serviceAccountEmail', 'serviceAccountPat'];
  const needed: DataCenterField[] = values.linkMethod === 'oauth' ? [...always, 'oauthClientId', 'oauthClientSecret'] : always;
  return needed.filter((field) => values[field] === null);
}

/** What is older is read again, so that a change in one process counts in all others within this time. */
const FRESH_MS = 500;

const SECRETS: readonly DataCenterField[] = ['serviceAccountPat', 'oauthClientSecret'];

/**
 * The settings of Jira Data Center, which has one server for the whole installation.
 *
 * Each value comes from the environment, if it is set there, else from the table that administrators fill. They are read
 * again every half second at most, so nothing needs a restart.
 */
@Injectable()
export class DataCenterSettings {
  private known: { settings: InstalledDataCenter; readAt: number } | undefined;
  private asking: Promise<InstalledDataCenter> | undefined;
  /** How often the settings were changed by this process. */
  private changes = 0;

  constructor(
    private readonly db: DataSource,
    private readonly box: SecretBox,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** The settings that count now. */
  async current(): Promise<InstalledDataCenter> {
    const fresh = this.known && Math.abs(this.clock.now().getTime() - this.known.readAt) < FRESH_MS;
    if (this.known && fresh) return this.known.settings;
    this.asking ??= this.readAndKeep();
    return this.asking;
  }

  /** The settings as the caller's transaction sees them; nobody else changes them until it ends. */
  async locked(manager: EntityManager): Promise<InstalledDataCenter> {
    await manager.query('LOCK TABLE installation_settings IN SHARE ROW EXCLUSIVE MODE');
    return this.read(manager);
  }

  /**
   * Stores values in the caller's transaction; null removes one. Values of the environment stay in force all the same.
   * Records of this product are told of new credentials like those that have credentials of their own.
   */
  async save(manager: EntityManager, values: Partial<DataCenterValues>): Promise<void> {
    for (const [field, value] of Object.entries(values) as [DataCenterField, string | boolean | null][]) await this.saveOne(manager, field, value);
    if (CREDENTIALS.some((field) => field in values)) await manager.query(CREDENTIALS_SAVED, [this.clock.now(), 'serviceAccountPat' in values]);
  }

  /** After a commit: the next question reads the table, without waiting. */
  forget(): void {
    this.changes += 1;
    this.known = undefined;
    this.asking = undefined;
  }

  private async saveOne(manager: EntityManager, field: DataCenterField, value: string | boolean | null): Promise<void> {
    const key = keyOf(field);
    if (value === null) return void (await manager.query('DELETE FROM installation_settings WHERE key = $1', [key]));
    const [plain, sealed] = SECRETS.includes(field) ? [null, this.box.seal(String(value), placeOf(key))] : [String(value), null];
    await manager.query(
      `INSERT INTO installation_settings (key, value, value_sealed, updated_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, value_sealed = excluded.value_sealed, updated_at = excluded.updated_at`,
      [key, plain, sealed, this.clock.now()],
    );
  }

  /** What was asked before a change must not be kept as if it were asked after it. */
  private async readAndKeep(): Promise<InstalledDataCenter> {
    const { changes } = this;
    const readAt = this.clock.now().getTime();
    try {
      const settings = await this.read(this.db);
      if (changes === this.changes) this.known = { settings, readAt };
      return settings;
    } finally {
      if (changes === this.changes) this.asking = undefined;
    }
  }

  private async read(db: Pick<EntityManager, 'query'>): Promise<InstalledDataCenter> {
    const rows = await db.query<Row[]>('SELECT key, value, value_sealed FROM installation_settings WHERE key = ANY($1)', [DATA_CENTER_FIELDS.map(keyOf)]);
    const stored = new Map(rows.map((row) => [row.key, this.open(row)]));
    const value = (field: DataCenterField): string | null => this.fromEnvironment(field) ?? stored.get(keyOf(field)) ?? null;
    return {
      enabled: value('enabled') === 'true',
      linkMethod: value('linkMethod') === 'email' ? 'email' : 'oauth',
      baseUrl: value('baseUrl'),
      serviceAccountEmail: value('serviceAccountEmail'),
      serviceAccountPat: value('serviceAccountPat'),
      serviceAccountPatName: value('serviceAccountPatName'),
      oauthClientId: value('oauthClientId'),
      oauthClientSecret: value('oauthClientSecret'),
      managedBy: Object.fromEntries(DATA_CENTER_FIELDS.map((field) => [field, this.fromEnvironment(field) === undefined ? 'app' : 'environment'])) as Record<DataCenterField, ManagedBy>,
    };
  }

  private fromEnvironment(field: DataCenterField): string | undefined {
    return this.config.env[DATA_CENTER_VARIABLES[field]]?.toString();
  }

  private open(row: Row): string {
    return row.value ?? this.box.open(row.value_sealed!, placeOf(row.key));
  }
}

/** What calls to Jira are made with. */
const CREDENTIALS: readonly DataCenterField[] = ['baseUrl', 'serviceAccountEmail', 'serviceAccountPat', 'serviceAccountPatName'];

/**
 * Writes that failed with the former ones are tried again at once (`comments/renewed-access`); when the new token ends is not known yet.
 * Whose it is the next call tells: a person whose own token was entered at first would otherwise never be heard again, as if what they
 * say were said by us. Comments of the former account are known by their marks.
 */
const CREDENTIALS_SAVED = `
  UPDATE connections SET service_account_saved_at = $1, service_account_token_expires_at = NULL, service_account_ids = CASE WHEN $2 THEN '{}' ELSE service_account_ids END,
    version = version + 1, updated_at = now()
  WHERE product = 'jira-data-center'`;

interface Row {
  key: string;
  value: string | null;
  value_sealed: string | null;
}

/** `jira_data_center.base_url` */
function keyOf(field: DataCenterField): string {
  return `jira_data_center.${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

function placeOf(key: string): string {
  return `installation_settings:${key}:value`;
}
