/**
 * Can this process reach a server at all? The name, the connection and the certificate are tried one after the other,
 * because each has another cure. Nothing is sent to the server but the greeting of TLS.
 */
import type { ConnectionCheck } from '@openhands-jira/contracts';
import { lookup as resolve } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { AddressGuard } from './address-guard.js';
import { tlsTrust } from './outgoing.js';
import type { PemCertificate } from './pem.js';
import { timed } from './timed.js';

const PATIENCE_MS = 5000;

const pass = (check: ConnectionCheck['check'], detail: string): ConnectionCheck => ({ check, ok: true, detail, hint: '' });
const fail = (check: ConnectionCheck['check'], detail: string, hint: string): ConnectionCheck => ({ check, ok: false, detail, hint });

/** What the way to a server depends on. */
interface Way {
  trusted: readonly PemCertificate[];
  /** Keeps the test, like every call, from this machine itself and from what clouds keep at link-local addresses. */
  guard: AddressGuard;
}

/** The checks that were made; the last one failed when the server cannot be reached. */
export async function reach(url: URL, way: Way): Promise<ConnectionCheck[]> {
  const checks: ConnectionCheck[] = [];
  for (const check of [checkName, checkConnection, checkCertificate]) {
    const { result, tookMs } = await timed(() => check(url, way));
    checks.push({ ...result, tookMs });
    if (!result.ok) break;
  }
  return checks;
}

async function checkName(url: URL, { guard }: Way): Promise<ConnectionCheck> {
  const host = hostOf(url);
  if (isIP(host)) return pass('dns', 'The base URL names the network address itself.');
  try {
    const addresses = await lookup(host, { all: true });
    if (!guard.isListed(host) && !addresses.some((one) => guard.isAllowedAddress(one.address, 'organisation'))) {
      return fail('dns', `${host} has the address ${addresses[0]?.address}, where no server of an organisation is.`, 'Enter the address of Jira in your network. If this one is right, the operator has to list the host in OUTBOUND_ALLOWED_HOSTS.');
    }
    return pass('dns', `${host} has the address ${addresses.map((one) => one.address).join(' and ')}.`);
  } catch (error) {
    return fail('dns', `The name ${host} is not known to this server (${codeOf(error)}).`, 'Check the spelling of the base URL. If the name is known only inside your network, this server must use the name server of that network.');
  }
}

async function checkConnection(url: URL, { guard }: Way): Promise<ConnectionCheck> {
  const place = `${hostOf(url)}, port ${portOf(url)}`;
  const opened = await open(connect({ host: hostOf(url), port: portOf(url), lookup: guard.lookup(resolve, 'organisation') }), 'connect');
  if (opened === null) return pass('tcp', `A connection to ${place} can be made.`);
  const hint = 'Check the port in the base URL, and whether a firewall lets this server connect to Jira.';
  if (opened === 'timeout') return fail('tcp', `${place} did not answer within ${PATIENCE_MS / 1000} seconds.`, hint);
  return fail('tcp', opened === 'ECONNREFUSED' ? `Nothing listens at ${place}.` : `No connection to ${place} could be made (${opened}).`, hint);
}

async function checkCertificate(url: URL, { trusted, guard }: Way): Promise<ConnectionCheck> {
  if (url.protocol !== 'https:') return pass('tls', 'The base URL begins with http, so nothing is encrypted. That is allowed, because OUTBOUND_ALLOWED_HOSTS lists this host.');
  const host = hostOf(url);
  const socket = connectTls({ host, port: portOf(url), lookup: guard.lookup(resolve, 'organisation'), ...(!isIP(host) && { servername: host }), ...tlsTrust(trusted) });
  let certificate: PeerCertificate | undefined;
  socket.once('secureConnect', () => (certificate = socket.getPeerCertificate()));
  const opened = await open(socket, 'secureConnect');
  return opened === null ? pass('tls', trustWords(certificate!)) : tlsFailure(host, opened);
}

/** Waits for the event and closes. Gives null when it came, else the code of the error, or `timeout`. */
function open(socket: Socket | TLSSocket, event: 'connect' | 'secureConnect'): Promise<string | null> {
  return new Promise((resolve) => {
    const end = (result: string | null): void => {
      clearTimeout(timer);
      // An error that comes after the first would otherwise end the process.
      socket.removeAllListeners('error').on('error', () => undefined);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => end('timeout'), PATIENCE_MS);
    socket.once(event, () => end(null)).once('error', (error) => end(codeOf(error))).once('close', () => end('closed'));
  });
}

function trustWords(certificate: PeerCertificate): string {
  const issuer = certificate.issuer?.CN ?? certificate.issuer?.O ?? 'an authority without a name';
  return `The certificate is trusted. It was issued by ${String(issuer)} and is valid until ${new Date(certificate.valid_to).toISOString().slice(0, 10)}.`;
}

const UPLOAD = 'Paste the certificate of the authority that issued it under Additional Trusted CA Certificates.';
const UNKNOWN_AUTHORITY = 'The certificate was issued by an authority that is not trusted here.';

/** What OpenSSL's codes mean for an administrator: detail and hint. */
const TLS_FAILURES: Record<string, [string, string]> = {
  CERT_HAS_EXPIRED: ['The certificate has expired.', 'Renew the certificate of Jira, or of the proxy in front of it. If an authority above it has expired, replace that one.'],
  CERT_NOT_YET_VALID: ['The certificate is not valid yet.', 'Compare the clocks of this server and of Jira with the date in the certificate.'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['The certificate was issued for other host names.', 'Enter the base URL with a name that stands in the certificate, or have a certificate issued for this name.'],
  SELF_SIGNED_CERT_IN_CHAIN: [UNKNOWN_AUTHORITY, UPLOAD],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['The certificate was issued by the server itself, and it is not trusted here.', 'Paste the certificate of the server under Additional Trusted CA Certificates.'],
  UNABLE_TO_GET_ISSUER_CERT: [UNKNOWN_AUTHORITY, UPLOAD],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [UNKNOWN_AUTHORITY, UPLOAD],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [UNKNOWN_AUTHORITY, `${UPLOAD} If it is there already, Jira does not send the intermediate certificate: have it send the whole chain, or paste the intermediate certificate too.`],
};

function tlsFailure(host: string, code: string): ConnectionCheck {
  const known = TLS_FAILURES[code];
  if (known) return fail('tls', `${known[0]} (${host}: ${code})`, known[1]);
  return fail('tls', `No encrypted connection to ${host} came about (${code}).`, 'Check that the port of the base URL speaks https, and not plain http.');
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function portOf(url: URL): number {
  if (url.port) return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
