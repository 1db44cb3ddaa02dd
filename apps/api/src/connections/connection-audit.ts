/** A change of a connection as the audit log tells it. */
import type { Author, Change } from '../security/audit-log.service.js';
import type { ConnectionEntity } from './connection.entity.js';

type Lines = Change['changes'];

/** Who changes a connection, and the word for it in the audit log. */
export interface Noted {
  by: Author;
  what: Change['what'];
}

/** What the row was before and is now. The first line names the site and its status, changed or not; of secrets only that they are set. */
export function connectionAuditLines(former: ConnectionEntity, present: ConnectionEntity): Lines {
  const lines: Lines = [
    { name: 'service account', from: former.serviceAccountEmail, to: present.serviceAccountEmail },
    { name: 'end of the API token', from: dayOf(former.serviceAccountTokenExpiresAt), to: dayOf(present.serviceAccountTokenExpiresAt) },
  ];
  return [
    { name: present.site, from: former.status, to: present.status },
    ...lines.filter(({ from, to }) => from !== to),
    ...secretLine('API token', former.serviceAccountTokenSealed, present.serviceAccountTokenSealed),
    ...secretLine('webhook secret', former.webhookSecretSealed, present.webhookSecretSealed),
  ];
}

/** Sealed texts differ whenever something was stored, also the same secret again. */
function secretLine(name: string, former: string | null, present: string | null): Lines {
  return former === present ? [] : [{ name, from: former ? 'set' : null, to: present ? 'set' : null }];
}

/** How many links ended together with the connection. */
export function endedLinksLine(ended: number): Lines[number] {
  return { name: 'linked people', from: String(ended), to: '0' };
}

function dayOf(time: Date | null): string | null {
  return time?.toISOString().slice(0, 10) ?? null;
}
