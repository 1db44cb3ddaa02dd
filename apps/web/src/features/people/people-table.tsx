import type { PersonLink } from '@openhands-jira/contracts';
import { Button, HostName, Moment, StatusBadge } from '@openhands-jira/ui';
import { peopleTexts as t } from '../../texts-of-people.js';
import { texts } from '../../texts.js';

/** Links as a table; its roles are written out, because narrow screens draw the rows as blocks. */
export function PeopleTable({ links, onEnd }: { links: PersonLink[]; onEnd: (link: PersonLink) => void }) {
  return (
    <table className="list" role="table">
      <caption className="ui-hidden">{t.caption}</caption>
      <thead role="rowgroup">
        <tr role="row">{Object.values(t.columns).map((name) => <th key={name} role="columnheader" scope="col">{name}</th>)}</tr>
      </thead>
      <tbody role="rowgroup">{links.map((link) => <PersonRow key={link.id} link={link} onEnd={onEnd} />)}</tbody>
    </table>
  );
}

function PersonRow({ link, onEnd }: { link: PersonLink; onEnd: (link: PersonLink) => void }) {
  const { person, site, jiraDisplayName, jiraAccountId, method, state, linkedAt, ownsConnection } = link;
  return (
    <tr role="row">
      <td role="cell" data-label={t.columns.person}><div>{person.name}{ownsConnection && <div className="ui-muted">{t.owner}</div>}</div></td>
      <td role="cell" data-label={t.columns.jira}><div>{jiraDisplayName}<div className="ui-muted mono">{jiraAccountId}</div></div></td>
      <td role="cell" data-label={t.columns.site}><HostName host={site} /></td>
      <td role="cell" data-label={t.columns.linked}>
        <div>
          {t.methods[method]}, {t.since} <Moment at={linkedAt} justNow={texts.common.justNow} />
          {state === 'expired' && <div><StatusBadge tone="warning">{t.expired}</StatusBadge></div>}
        </div>
      </td>
      <td role="cell" data-label={t.columns.action}><div><Button size="xs" variant="default" aria-label={t.endNamed(person.name, site)} onClick={() => onEnd(link)}>{t.end}</Button></div></td>
    </tr>
  );
}
