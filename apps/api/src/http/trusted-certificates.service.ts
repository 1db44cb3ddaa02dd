import { Injectable, Logger } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../config/clock.js';
import { AppConfig } from '../config/config.js';
import { type PemCertificate, readCertificates } from './pem.js';

/** What is older is read again, so that a change in one process counts in all others within this time. */
const FRESH_MS = 1000;

/**
 * The certificates that are trusted on top of the system's: those of the file that the environment names, else those that
 * administrators pasted. Neither needs a restart when it changes.
 */
@Injectable()
export class TrustedCertificates {
  private readonly log = new Logger('http');
  private readonly path: string | undefined;
  private known: PemCertificate[];
  private readAt = -Infinity;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly db: DataSource,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.path = config.env.TRUSTED_CA_CERTIFICATES;
    this.known = certificatesOfFile(this.path);
  }

  get managedBy(): 'app' | 'environment' {
    return this.path ? 'environment' : 'app';
  }

  /** The certificates that count now. The same array as before when nothing changed. */
  async current(): Promise<readonly PemCertificate[]> {
    if (Math.abs(this.clock.now().getTime() - this.readAt) < FRESH_MS) return this.known;
    this.reading ??= this.readAgain().finally(() => (this.reading = undefined));
    await this.reading;
    return this.known;
  }

  /** Changes those that administrators pasted, in the caller's transaction. Gives the former ones and the present ones. */
  async change(manager: EntityManager, presentOf: (former: PemCertificate[]) => PemCertificate[]): Promise<{ former: PemCertificate[]; present: PemCertificate[] }> {
    await manager.query('LOCK TABLE trusted_certificates IN SHARE ROW EXCLUSIVE MODE');
    const former = await pasted(manager);
    const certificates = presentOf(former);
    await manager.query('DELETE FROM trusted_certificates');
    for (const [position, { fingerprint, pem }] of certificates.entries()) {
      await manager.query('INSERT INTO trusted_certificates (fingerprint, position, pem, added_at) VALUES ($1, $2, $3, $4)', [fingerprint, position, pem, this.clock.now()]);
    }
    return { former, present: certificates };
  }

  /** After a commit: reads the list now. */
  async reload(): Promise<void> {
    await this.reading;
    await this.readAgain();
  }

  /** Without the database or the file the former list stays in force: calls to Jira need not fail because of it. */
  private async readAgain(): Promise<void> {
    const readAt = this.clock.now().getTime();
    try {
      const read = this.path ? certificatesOfFile(this.path) : await pasted(this.db);
      if (fingerprints(read) !== fingerprints(this.known)) this.known = read;
    } catch (error) {
      this.log.warn({ err: error }, 'The additional trusted certificates could not be read; the former ones stay in force');
    }
    this.readAt = readAt;
  }
}

async function pasted(db: Pick<EntityManager, 'query'>): Promise<PemCertificate[]> {
  const rows = await db.query<{ pem: string }[]>('SELECT pem FROM trusted_certificates ORDER BY position');
  const reading = readCertificates(rows.map((row) => row.pem).join('\n'));
  if (!reading.ok) throw new Error(reading.mistake);
  return reading.certificates;
}

/** Throws with a sentence when the file that the operator named is of no use. */
export function certificatesOfFile(path: string | undefined): PemCertificate[] {
  if (!path) return [];
  const reading = readCertificates(readFileOrFail(path));
  if (!reading.ok) throw new Error(`TRUSTED_CA_CERTIFICATES names ${path}. ${reading.mistake}`);
  return reading.certificates;
}

function readFileOrFail(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`TRUSTED_CA_CERTIFICATES names ${path}, which cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}). Check the path and its permissions.`, { cause: error });
  }
}

function fingerprints(certificates: readonly PemCertificate[]): string {
  return certificates.map((one) => one.fingerprint).join();
}
