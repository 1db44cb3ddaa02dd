import { AddressGuard, isSpecialAddress } from './address-guard.js';

/**
 * Why a server that somebody configures may not be called at this address, or null. Tokens travel in each call, so only
 * hosts in OUTBOUND_ALLOWED_HOSTS are called without encryption, and no address that cannot be a server in somebody's
 * network: this machine itself, or the metadata service of a cloud.
 */
export function serverAddressMistake(baseUrl: string, allowedHosts: string[]): string | null {
  if (!URL.canParse(baseUrl)) return 'This is not an address. Enter, for example, https://jira.example.com or https://jira.example.com:8443/jira.';
  const { hostname, protocol } = new URL(baseUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (new AddressGuard(allowedHosts).isListed(host)) return null;
  if (protocol === 'http:') return `Use https, for example https://jira.example.com. Plain http is possible only for hosts in OUTBOUND_ALLOWED_HOSTS, and ${host} is not among them.`;
  return isSpecialAddress(host) ? `Enter the address of Jira in your network. ${host} stands for something else, and is possible only if OUTBOUND_ALLOWED_HOSTS lists it.` : null;
}
