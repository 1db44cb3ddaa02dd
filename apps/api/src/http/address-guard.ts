import ipaddr from 'ipaddr.js';
import type { LookupAddress, LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Resolve = (hostname: string, options: LookupAllOptions, callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

/** Ranges of public addresses in ipaddr.js's words; everything else (private, loopback, link-local, ...) is closed. */
const PUBLIC_RANGE = 'unicast';

/**
 * How far a call may reach besides what the operator listed: to public addresses, or also into the network of an organisation, but
 * never to this machine itself or to what clouds keep at link-local addresses.
 */
export type AddressReach = 'public' | 'organisation';

/** Ranges in which a server of an organisation can be. */
const SERVER_RANGES = [PUBLIC_RANGE, 'private', 'uniqueLocal', 'carrierGradeNat'];

const REACHED_RANGES: Record<AddressReach, string[]> = { public: [PUBLIC_RANGE], organisation: SERVER_RANGES };

/** Metadata services of clouds (Amazon, Google, Alibaba) at addresses that look like those of an organisation. All others are link-local or reserved. */
const METADATA = new Set(['fd00:ec2::254', 'fd20:ce::254', '100.100.100.200']);

/**
 * The range of an address, in ipaddr.js's words and two of ours. `process`: IPv4-mapped IPv6 addresses (::ffff:10.0.0.1) are judged as
 * the IPv4 address they hold. The older way to hold one (::10.0.0.1) leads nowhere, but ipaddr.js counts it as public.
 */
function rangeOf(address: string): string {
  const parsed = ipaddr.process(address);
  if (METADATA.has(parsed.toString())) return 'metadata';
  const range = parsed.range();
  const holdsIpv4 = parsed.kind() === 'ipv6' && range === PUBLIC_RANGE && parsed.toByteArray().slice(0, 12).every((byte) => byte === 0);
  return holdsIpv4 ? 'ipv4Compatible' : range;
}

/** True for an address, written as such, where no server of an organisation is: loopback, link-local, multicast and the like. */
export function isSpecialAddress(host: string): boolean {
  return ipaddr.isValid(host) && !SERVER_RANGES.includes(rangeOf(host));
}

/**
 * Keeps calls to hosts that nobody configured away from private networks and cloud metadata services. The address that is
 * checked is the address that is connected to: the check runs inside the look-up of the connection itself, so a name that
 * changes between check and connection does not help an attacker.
 */
export class AddressGuard {
  private readonly hosts = new Set<string>();
  private readonly ranges: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];

  /** `allowed`: host names, addresses or CIDRs that may be private. */
  constructor(allowed: string[]) {
    for (const entry of allowed) {
      if (ipaddr.isValidCIDR(entry)) this.ranges.push(ipaddr.parseCIDR(entry));
      else this.hosts.add(entry.toLowerCase());
    }
  }

  /** True when the operator listed this host. */
  isAllowedHost(host: string): boolean {
    return this.hosts.has(host.toLowerCase());
  }

  /** True for addresses within reach and for listed ranges. */
  isAllowedAddress(address: string, reach: AddressReach = 'public'): boolean {
    if (!ipaddr.isValid(address)) return false;
    return this.isListed(address) || REACHED_RANGES[reach].includes(rangeOf(address));
  }

  /** True when the operator listed this host, or a range that holds this address. */
  isListed(host: string): boolean {
    if (this.isAllowedHost(host)) return true;
    if (!ipaddr.isValid(host)) return false;
    const parsed = ipaddr.process(host);
    if (this.hosts.has(parsed.toString())) return true;
    return this.ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits));
  }

  /** A look-up for sockets that gives only allowed addresses, and the error EBLOCKED when none is left. */
  lookup(resolve: Resolve, reach: AddressReach = 'public'): LookupFunction {
    return (hostname, options, callback) => {
      resolve(hostname, { ...options, all: true } as LookupAllOptions, (error, addresses) => {
        if (error) return void callback(error, []);
        const usable = this.isAllowedHost(hostname) ? addresses : addresses.filter((one) => this.isAllowedAddress(one.address, reach));
        if (usable.length === 0) return void callback(Object.assign(new Error('private address'), { code: 'EBLOCKED' }), []);
        if (options.all) return void callback(null, usable);
        callback(null, usable[0]!.address, usable[0]!.family);
      });
    };
  }
}
