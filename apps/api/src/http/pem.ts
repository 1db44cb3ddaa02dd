import { X509Certificate } from 'node:crypto';

/** One certificate out of a PEM text. */
export interface PemCertificate {
  pem: string;
  subject: string;
  issuer: string;
  notAfter: Date;
  /** SHA-256, pairs of hexadecimal digits with colons. */
  fingerprint: string;
  isCa: boolean;
}

export type PemReading = { ok: true; certificates: PemCertificate[] } | { ok: false; mistake: string };

/** More than any organisation's own authorities; each new TLS connection looks through all. */
const MOST_CERTIFICATES = 200;
const BEGIN = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/g;
const BLOCK = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----(?:(?!-----)[\s\S])*-----END \1-----/g;

/**
 * Reads the certificates of a PEM text, each once. Bundles have remarks between the certificates, so other text is let be;
 * a private key is not, because it must never be stored here. An empty text has no certificates, and that is no mistake.
 */
export function readCertificates(text: string): PemReading {
  if (text.trim() === '') return { ok: true, certificates: [] };
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return mistake('There is a private key in this text. Paste only the certificates: a private key stays on the server that it belongs to.');
  const begun = text.match(BEGIN)?.length ?? 0;
  const blocks = [...text.matchAll(BLOCK)].map(([block]) => block);
  if (begun === 0) return mistake('There is no certificate in this text. Paste it in PEM form, which begins with -----BEGIN CERTIFICATE-----.');
  if (blocks.length < begun) return mistake('A certificate in this text is cut off. Copy it again, up to and with its line -----END CERTIFICATE-----.');
  if (blocks.length > MOST_CERTIFICATES) return mistake(`There are ${blocks.length} certificates in this text, and at most ${MOST_CERTIFICATES} are taken. Paste only your own authorities; the public ones are trusted already.`);
  const certificates = blocks.map(readOne);
  const unreadable = certificates.indexOf(null);
  if (unreadable >= 0) return mistake(`Certificate ${unreadable + 1} of ${blocks.length} cannot be read. Copy it again from its source, without changing its lines.`);
  return { ok: true, certificates: withoutRepeats(certificates.filter((one) => one !== null)) };
}

function readOne(pem: string): PemCertificate | null {
  try {
    const read = new X509Certificate(pem);
    return { pem, subject: nameOf(read.subject), issuer: nameOf(read.issuer), notAfter: new Date(read.validTo), fingerprint: read.fingerprint256, isCa: read.ca };
  } catch {
    return null;
  }
}

/** Node writes one part per line, and gives undefined for an empty name. */
function nameOf(lines: string | undefined): string {
  return (lines ?? '').split('\n').join(', ');
}

function withoutRepeats(certificates: PemCertificate[]): PemCertificate[] {
  return [...new Map(certificates.map((one) => [one.fingerprint, one])).values()];
}

function mistake(sentence: string): PemReading {
  return { ok: false, mistake: sentence };
}
