import type { OwnedConnection } from '@openhands-jira/contracts';
import { ownerTexts as t } from '../../texts-of-owners.js';

/** What follows when a connection gets another owner, before it is done. */
export function OwnerConsequences({ connection: { product, status, owner }, next }: { connection: OwnedConnection; next: 'you' | 'other' }) {
  return (
    <ul>
      <li>{t.former(owner?.name ?? null)}</li>
      <li>{t.next[next]}</li>
      <li>{status === 'inactive' ? t.staysEnded[product] : t.unchanged}</li>
      {product === 'jira-cloud' && <li>{t.appsEnd}</li>}
      <li>{t.noted}</li>
    </ul>
  );
}
