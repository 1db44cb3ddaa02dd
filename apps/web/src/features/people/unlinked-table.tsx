import type { UnlinkedAccount } from '@openhands-jira/contracts';
import { ShortMoment, StatusBadge } from '@openhands-jira/ui';
import { Link } from '../../lib/router.js';
import { peopleTexts } from '../../texts-of-people.js';
import { texts } from '../../texts.js';

const t = peopleTexts.unlinked;

/** Accounts as a table; its roles are written out, because narrow screens draw the rows as blocks. */
export function UnlinkedTable({ accounts, showsSite }: { accounts: UnlinkedAccount[]; showsSite: boolean }) {
  return (
    <table className="list" role="table">
      <caption className="ui-hidden">{t.caption}</caption>
      <thead role="rowgroup">
        <tr role="row">{Object.values(t.columns).map((name) => <th key={name} role="columnheader" scope="col">{name}</th>)}</tr>
      </thead>
      <tbody role="rowgroup">{accounts.map((account) => <AccountRow key={account.lastDeliveryId} account={account} showsSite={showsSite} />)}</tbody>
    </table>
  );
}

function AccountRow({ account, showsSite }: { account: UnlinkedAccount; showsSite: boolean }) {
  const { site, jiraDisplayName, jiraAccountId, state, detail, lostRequests, lastLostAt, lastDeliveryId } = account;
  return (
    <tr role="row">
      <td role="cell" data-label={t.columns.account}><div>{jiraDisplayName}<div className="ui-muted mono">{jiraAccountId}</div>{showsSite && <div className="ui-muted">{site}</div>}</div></td>
      <td role="cell" data-label={t.columns.why}><div><StatusBadge tone="warning">{t.states[state]}</StatusBadge><div className="ui-muted">{detail}</div></div></td>
      <td role="cell" data-label={t.columns.todo}>{t.todo[state]}</td>
      <td role="cell" data-label={t.columns.lost}>
        <div>
          {t.lost(lostRequests)}, {t.last} <ShortMoment at={lastLostAt} justNow={texts.common.justNow} />
          <div><Link className="row-link" to={`/deliveries/${lastDeliveryId}`} aria-label={t.openNamed(jiraDisplayName)}>{t.open}</Link></div>
        </div>
      </td>
    </tr>
  );
}
