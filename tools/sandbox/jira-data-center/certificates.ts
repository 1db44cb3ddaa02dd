/** The certificates with which the sandbox's Jira Data Center can speak TLS. For tests only; see `certificates/README.md`. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ServerCertificate } from '../stand-in.ts';

/** `valid` is fine for whoever trusts the sandbox's authority, and of an unknown authority for everybody else. */
export type CertificateName = 'valid' | 'expired' | 'wrong-host';

export function isCertificateName(name: string): name is CertificateName {
  return ['valid', 'expired', 'wrong-host'].includes(name);
}

/** File of the private authority, PEM: what an administrator uploads. */
export const AUTHORITY_FILE = fileURLToPath(new URL('certificates/ca.pem', import.meta.url));

export function authorityCertificate(): string {
  return readFileSync(AUTHORITY_FILE, 'utf8');
}

/** A chain of another private authority: a server's certificate, that of its issuer, and that of the issuer's issuer. No server here uses it. */
export function certificateChain(): string {
  return readFileSync(new URL('certificates/chain.pem', import.meta.url), 'utf8');
}

export function serverCertificate(name: CertificateName): ServerCertificate {
  const read = (file: string): string => readFileSync(new URL(`certificates/${file}`, import.meta.url), 'utf8');
  return { cert: read(`${name}.pem`), key: read('server.key.pem') };
}
