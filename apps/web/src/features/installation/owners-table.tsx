import type { OwnedConnection } from '@openhands-jira/contracts';
import { Button, buttonLook, HostName } from '@openhands-jira/ui';
import { Link } from '../../lib/router.js';
import { ownerTexts as t } from '../../texts-of-owners.js';
import { rulesTexts } from '../../texts-of-rules.js';
import { rulesPage } from '../rules/rules.js';

/** What an administrator wants with a connection. */
export type OwnerWish = 'take-over' | 'hand-over';

export interface OwnersTableProps {
  connections: OwnedConnection[];
  /** Of the caller, who need not take over what is theirs. */
  userId: string;
  onWish: (wish: OwnerWish, connection: OwnedConnection) => void;
}

/** Connections as a table; its roles are written out, because narrow screens draw the rows as blocks. */
export function OwnersTable({ connections, userId, onWish }: OwnersTableProps) {
  return (
    <table className="list" role="table">
      <caption className="ui-hidden">{t.caption}</caption>
      <thead role="rowgroup">
        <tr role="row">{Object.values(t.columns).map((name) => <th key={name} role="columnheader" scope="col">{name}</th>)}</tr>
      </thead>
      <tbody role="rowgroup">
        {connections.map((connection) => <OwnerRow key={connection.id} connection={connection} isOwn={connection.owner?.id === userId} onWish={onWish} />)}
      </tbody>
    </table>
  );
}

function OwnerRow({ connection, isOwn, onWish }: { connection: OwnedConnection; isOwn: boolean; onWish: OwnersTableProps['onWish'] }) {
  const { product, site, status, owner, linkedPeople } = connection;
  return (
    <tr role="row">
      <td role="cell" data-label={t.columns.site}><div><HostName host={site} /><div className="ui-muted">{t.products[product]}</div></div></td>
      <td role="cell" data-label={t.columns.state}>{t.states[status]}</td>
      <td role="cell" data-label={t.columns.owner}>{owner?.name ?? t.nobody}{isOwn && ` ${t.you}`}</td>
      <td role="cell" data-label={t.columns.people}>{linkedPeople}</td>
      <td role="cell" data-label={t.columns.action}>
        <div className="ui-row">
          <Link {...buttonLook({ size: 'xs', variant: 'default' })} aria-label={rulesTexts.linkNamed(site)} to={rulesPage(connection.id)}>{rulesTexts.title}</Link>
          {!isOwn && <Button size="xs" variant="default" aria-label={t.takeOverNamed(site)} onClick={() => onWish('take-over', connection)}>{t.takeOver}</Button>}
          <Button size="xs" variant="default" aria-label={t.handOverNamed(site)} onClick={() => onWish('hand-over', connection)}>{t.handOver}</Button>
        </div>
      </td>
    </tr>
  );
}
