import ipaddr from 'ipaddr.js';
import type { LookupAddress, LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Resolve = (hostname: string, options: LookupAllOptions, callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

/** Ranges of public addresses in ipaddr.js's words; everything else (private, loopback, link-local, ...) is closed. */
const PUBLIC_RANGE = 'unicast';

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

  /** True for public addresses and for listed ranges. */
  isAllowedAddress(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    // IPv4-mapped IPv6 addresses (::ffff:10.0.0.1) are judged as the IPv4 address they hold.
    const parsed = ipaddr.process(address);
    if (this.hosts.has(parsed.toString())) return true;
    if (this.ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits))) return true;
    return parsed.range() === PUBLIC_RANGE;
  }

  /** A look-up for sockets that gives only allowed addresses, and the error EBLOCKED when none is left. */
  lookup(resolve: Resolve): LookupFunction {
    return (hostname, options, callback) => {
      resolve(hostname, { ...options, all: true } as LookupAllOptions, (error, addresses) => {
        if (error) return void callback(error, []);
        const usable = this.isAllowedHost(hostname) ? addresses : addresses.filter((one) => this.isAllowedAddress(one.address));
        if (usable.length === 0) return void callback(Object.assign(new Error('private address'), { code: 'EBLOCKED' }), []);
        if (options.all) return void callback(null, usable);
        callback(null, usable[0]!.address, usable[0]!.family);
      });
    };
  }
}
