import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Diagnostics } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { AppConfig } from '../config/config.js';
import { CONFIG_KEYS } from '../config/config.schema.js';
import { VERSION } from '../config/version.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { rulesOf } from '../connections/rules.service.js';
import type { Caller } from '../security/access.js';
import { ConnectionTestStore } from './connection-test.store.js';
import { figuresOf, newestDeliveries } from './diagnostic-figures.js';

const WEEK_MS = 7 * 24 * 3_600_000;

/** The description of one connection for a support request. The contract says what may be in it, and every part is put together from that. */
@Injectable()
export class DiagnosticsFile {
  constructor(
    private readonly db: DataSource,
    private readonly tests: ConnectionTestStore,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** @param row that the caller looks after */
  async of({ isAdmin }: Caller, row: ConnectionEntity): Promise<Diagnostics> {
    const now = this.clock.now();
    const [installation, linkedPeople, test, lastWeek, lastDeliveries] = await Promise.all([
      isAdmin ? this.installation() : null,
      this.linkedPeople(row.id),
      this.tests.latest(row.id, new Date(0)),
      figuresOf(this.db, row.id, new Date(now.getTime() - WEEK_MS)),
      newestDeliveries(this.db, row.id),
    ]);
    return {
      madeAt: now.toISOString(),
      version: VERSION,
      installation,
      connection: { ...connectionFacts(row), linkedPeople },
      checks: test && { testedAt: test.testedAt.toISOString(), items: test.items.map(({ check, result, at }) => ({ check, result, at })) },
      lastWeek,
      lastDeliveries,
    };
  }

  private async linkedPeople(connectionId: string): Promise<number> {
    const [row] = await this.db.query<[{ count: number }]>('SELECT count(*)::int AS count FROM links WHERE connection_id = $1', [connectionId]);
    return row.count;
  }

  private async installation(): Promise<NonNullable<Diagnostics['installation']>> {
    const [{ postgres, schema }] = await this.db.query<[{ postgres: string; schema: string }]>(`SELECT current_setting('server_version') AS postgres, (SELECT name FROM migrations ORDER BY id DESC LIMIT 1) AS schema`);
    return { node: process.version, postgres, schema, role: this.config.env.PROCESS_ROLE, upForSeconds: Math.round(process.uptime()), configuration: this.configuration() };
  }

  /** Only whether each differs from its default: also an address or a name may be nobody's business. */
  private configuration(): { name: string; set: boolean }[] {
    return Object.entries(CONFIG_KEYS).map(([name, { schema }]) => {
      const value = this.config.env[name as keyof typeof CONFIG_KEYS];
      return { name, set: !isDeepStrictEqual(value, schema.safeParse(undefined).data) };
    });
  }
}

function connectionFacts(row: ConnectionEntity): Omit<Diagnostics['connection'], 'linkedPeople'> {
  const { projects, otherProjects } = rulesOf(row);
  return {
    id: row.id,
    product: row.product,
    status: row.status,
    createdAt: row.createdAt.toISOString(),
    serviceAccount: { savedAt: iso(row.serviceAccountSavedAt), expiresAt: iso(row.serviceAccountTokenExpiresAt), refusedAt: iso(row.serviceAccountRejectedAt) },
    webhook: { mode: row.webhookMode, secretSetAt: iso(row.webhookSecretSetAt), previousSecretUntil: iso(row.previousSecretUntil), firstDeliveryAt: iso(row.firstDeliveryAt), lastDeliveryAt: iso(row.lastDeliveryAt) },
    callsPausedUntil: iso(row.callsPausedUntil),
    rules: { projects: projects.length, otherProjects },
  };
}

function iso(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}
