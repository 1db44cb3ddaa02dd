import { Injectable } from '@nestjs/common';
import type { TrustedCertificate, TrustedCertificateList } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { type PemCertificate, readCertificates } from '../http/pem.js';
import { TrustedCertificates } from '../http/trusted-certificates.service.js';
import type { Caller } from '../security/access.js';
import { AuditLog, type Change } from '../security/audit-log.service.js';
import { notFound, Problem } from '../security/problem.js';

/** The administrators' view of the additional trusted certificates. */
@Injectable()
export class Certificates {
  constructor(
    private readonly trusted: TrustedCertificates,
    private readonly audit: AuditLog,
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  async list(): Promise<TrustedCertificateList> {
    return { items: (await this.trusted.current()).map(certificateView), managedBy: this.trusted.managedBy };
  }

  /** Replaces all by those of this PEM text. Throws `Problem` when it cannot be used. */
  replace(caller: Caller, pem: string): Promise<TrustedCertificateList> {
    return this.change(caller, () => this.read(pem));
  }

  /** Trusts those of this PEM text as well. Throws `Problem` when there is none in it, or it cannot be used. */
  add(caller: Caller, pem: string): Promise<TrustedCertificateList> {
    return this.change(caller, (former) => {
      const added = this.read(pem);
      if (added.length === 0) throw unusable('Paste at least one certificate, which begins with -----BEGIN CERTIFICATE-----.');
      const isNew = (one: PemCertificate): boolean => former.every(({ fingerprint }) => fingerprint !== one.fingerprint);
      return [...former, ...added.filter(isNew)];
    });
  }

  /** Trusts this one no longer. Throws `Problem` when it is not among them. */
  remove(caller: Caller, fingerprint: string): Promise<TrustedCertificateList> {
    return this.change(caller, (former) => {
      const left = former.filter((one) => one.fingerprint !== fingerprint.toUpperCase());
      if (left.length === former.length) throw notFound('certificate');
      return left;
    });
  }

  /** Throws `Problem` when something in it cannot be used. */
  private read(pem: string): PemCertificate[] {
    const reading = readCertificates(pem);
    if (!reading.ok) throw unusable(reading.mistake);
    const expired = reading.certificates.find(({ notAfter }) => notAfter <= this.clock.now());
    if (expired) throw unusable(expiredWords(expired));
    return reading.certificates;
  }

  private async change(caller: Caller, presentOf: (former: PemCertificate[]) => PemCertificate[]): Promise<TrustedCertificateList> {
    if (this.trusted.managedBy === 'environment') {
      throw new Problem(409, 'managed_by_environment', 'The certificates come from the file that TRUSTED_CA_CERTIFICATES names. Change that file, or unset the variable to manage them here.');
    }
    await this.db.transaction(async (manager) => {
      const { former, present } = await this.trusted.change(manager, presentOf);
      const changes = differences(former, present);
      if (changes.length > 0) await this.audit.note(manager, caller, { what: 'certificates_changed', changes });
    });
    await this.trusted.reload();
    return this.list();
  }
}

/** What is over makes no server trusted; taken in silence, it would look like help and be none. */
function expiredWords({ subject, notAfter }: PemCertificate): string {
  return `The certificate of ${subject} expired on ${notAfter.toISOString().slice(0, 10)}, so no server is trusted because of it. Nothing was changed. Paste the certificate that took its place, or leave it out.`;
}

function unusable(mistake: string): Problem {
  return new Problem(400, 'validation_failed', mistake, [{ path: 'pem', message: mistake }]);
}

function certificateView({ subject, issuer, notAfter, fingerprint, isCa }: PemCertificate): TrustedCertificate {
  return { subject, issuer, notAfter: notAfter.toISOString(), fingerprint, isCa };
}

/** One change for each certificate that went or came. */
function differences(former: PemCertificate[], present: PemCertificate[]): Change['changes'] {
  const name = (one: PemCertificate): string => `${one.subject} (${one.fingerprint})`;
  const without = (some: PemCertificate[], others: PemCertificate[]): PemCertificate[] => some.filter((one) => !others.some((other) => other.fingerprint === one.fingerprint));
  return [
    ...without(former, present).map((one) => ({ name: 'certificate', from: name(one), to: null })),
    ...without(present, former).map((one) => ({ name: 'certificate', from: null, to: name(one) })),
  ];
}
