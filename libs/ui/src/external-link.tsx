import type { ReactNode } from 'react';
import { Icon } from './icon.js';

/** A link out of the page, in a new tab. Addresses that are not web addresses become plain text. */
export function ExternalLink({ href, newTab, children }: { href: string; newTab: string; children: ReactNode }) {
  if (!isWebAddress(href)) return <span className="ui-wrap">{children}</span>;
  return (
    <a className="ui-link ui-wrap" href={href} target="_blank" rel="noreferrer noopener">
      {children} <Icon name="external" size={13} />
      <span className="ui-hidden"> ({newTab})</span>
    </a>
  );
}

/** True for http and https addresses: the only ones that a server's answer may send a browser to. */
export function isWebAddress(href: string): boolean {
  return URL.canParse(href) && ['http:', 'https:'].includes(new URL(href).protocol);
}
