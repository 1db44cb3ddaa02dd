/**
 * A default repository, as it is written in the rules of a connection and as it is kept.
 *
 * It is read like the value of a `Repository:` line, so what people know from issues works here too. It is kept as
 * `host/owner/name`, perhaps with `@branch`, because the git hosts of the installation may change later, and a bare name would
 * then mean something else.
 */
import { canHoldPath, hostName, kindOfHost, type KnownHosts } from './git-address.js';
import { readRepositories, type RepositoryReference } from './repository-reading.js';

export type DefaultRepositoryReading =
  | { kind: 'repository'; name: string }
  | { kind: 'unknown_host'; host: string }
  /** A bare name, and more than one git host that could hold it. */
  | { kind: 'host_needed'; hosts: string[] }
  /** No reference, or more than one. */
  | { kind: 'unreadable' };

/** Reads what somebody entered as the default repository. */
export function readDefaultRepository(text: string, hosts: KnownHosts): DefaultRepositoryReading {
  const [line, ...more] = readRepositories(`Repository: ${withScheme(text, hosts)}`, 'plain', hosts).lines;
  if (line?.kind === 'unknown_host') return line;
  if (line?.kind !== 'references' || line.references.length !== 1 || more.length > 0) return { kind: 'unreadable' };
  return placed(line.references[0]!, hosts);
}

/** The name of a host without a dot would read like an owner. */
function withScheme(text: string, hosts: KnownHosts): string {
  const host = hostName(text.trim().split('/', 1)[0]!);
  return !host.includes('.') && kindOfHost(hosts, host) ? `ssh://${text.trim()}` : text;
}

function placed({ host, path, branch }: RepositoryReference, hosts: KnownHosts): DefaultRepositoryReading {
  const possible = host === null ? Object.keys(hosts).filter((one) => canHoldPath(hosts[one]!, path)) : [host];
  if (possible.length === 0) return { kind: 'unreadable' };
  if (possible.length > 1) return { kind: 'host_needed', hosts: possible };
  return { kind: 'repository', name: `${possible[0]}/${path}${branch === null ? '' : `@${branch}`}` };
}

/** A kept default taken apart again. */
export function defaultReference(kept: string): RepositoryReference & { host: string } {
  const [, host, path, branch] = /^([^/]*)\/([^@]*)(?:@(.*))?$/s.exec(kept) ?? [];
  return { host: (host ?? '').toLowerCase(), path: path ?? kept, branch: branch ?? null };
}
