import { authorityCertificate, certificateChain, serverCertificate } from '../../../../tools/sandbox/jira-data-center/certificates.ts';
import { type PemCertificate, readCertificates } from './pem.js';

const authority = authorityCertificate();
const server = serverCertificate('valid');

function certificatesOf(text: string): PemCertificate[] {
  const reading = readCertificates(text);
  if (!reading.ok) throw new Error(reading.mistake);
  return reading.certificates;
}

function mistakeOf(text: string): string {
  const reading = readCertificates(text);
  return reading.ok ? '' : reading.mistake;
}

describe('A PEM text', () => {
  it('tells whose each certificate is, who issued it, until when it counts and whether it is an authority', () => {
    const [ca, host] = certificatesOf(`${authority}\n${server.cert}`);
    expect(ca).toMatchObject({ issuer: ca!.subject, isCa: true });
    expect(host).toMatchObject({ issuer: ca!.subject, isCa: false });
    expect(host!.subject).not.toBe(ca!.subject);
    expect([ca!.notAfter.getUTCFullYear(), host!.notAfter.getUTCFullYear()]).toEqual([2120, 2119]);
    expect(ca!.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });

  it('can be a chain of three: a server, who vouches for it, and who vouches for that', () => {
    const [host, between, root] = certificatesOf(certificateChain());
    expect([host!.isCa, between!.isCa, root!.isCa]).toEqual([false, true, true]);
    expect([host!.issuer, between!.issuer, root!.issuer]).toEqual([between!.subject, root!.subject, root!.subject]);
  });

  it('may have remarks between its certificates and lines that end as on Windows', () => {
    expect(certificatesOf(`# Our authority\nsubject=CN = x\n\n${authority.replaceAll('\n', '\r\n')}\r\nBag Attributes\n${server.cert}`)).toHaveLength(2);
  });

  it('counts a certificate once, however often it stands there', () => {
    expect(certificatesOf(authority + authority + server.cert)).toHaveLength(2);
  });

  it.each(['', '  \n '])('has no certificates when it is empty: %j', (text) => {
    expect(certificatesOf(text)).toEqual([]);
  });

  it.each([
    ['a private key', server.key, /private key/],
    ['a private key beside its certificate', server.cert + server.key, /private key/],
    ['an encrypted private key', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----', /private key/],
    ['something else', 'jira.example.com', /no certificate.*-----BEGIN CERTIFICATE-----/],
    ['a certificate without its end', authority.slice(0, -60), /cut off/],
    ['one whole certificate after one without its end', authority.slice(0, -60) + server.cert, /cut off/],
    ['a damaged certificate', `${authority}-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----`, /Certificate 2 of 2 cannot be read/],
  ])('is refused with a sentence when it holds %s', (_, text, sentence) => {
    expect(mistakeOf(text)).toMatch(sentence);
  });

  it('is never repeated in a refusal', () => {
    const body = server.key.split('\n')[1]!;
    expect(mistakeOf(server.cert + server.key)).not.toContain(body);
  });
});
