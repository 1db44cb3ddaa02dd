import type { AuditEntry } from '@openhands-jira/contracts';
import { Button, EmptyBlock, LoadingBlock, Moment, Section } from '@openhands-jira/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { LoadFailure } from '../../app/load-failure.js';
import { installationTexts as t } from '../../texts-of-installation.js';
import { texts } from '../../texts.js';
import { auditQuery } from './installation.js';

/** Who changed what about the set-up, and when. */
export function AuditList() {
  const audit = useInfiniteQuery(auditQuery);
  const entries = audit.data?.pages.flatMap((page) => page.items);
  return (
    <Section title={t.audit}>
      {audit.isPending && <LoadingBlock label={texts.common.loading} lines={2} />}
      {audit.isError && !entries && <LoadFailure query={audit} />}
      {entries?.length === 0 && <EmptyBlock title={t.noAudit}>{t.noAuditText}</EmptyBlock>}
      {entries && entries.length > 0 && <AuditTable entries={entries} />}
      {audit.hasNextPage && <div><Button variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>{t.more}</Button></div>}
    </Section>
  );
}

function AuditTable({ entries }: { entries: AuditEntry[] }) {
  const columns = t.auditColumns;
  return (
    <table className="list" role="table">
      <caption className="ui-hidden">{t.auditCaption}</caption>
      <thead role="rowgroup">
        <tr role="row">{Object.values(columns).map((name) => <th key={name} role="columnheader" scope="col">{name}</th>)}</tr>
      </thead>
      <tbody role="rowgroup">
        {entries.map(({ id, at, who, what, changes }) => (
          <tr role="row" key={id}>
            <td role="cell" data-label={columns.at}><Moment at={at} justNow={texts.common.justNow} /></td>
            <td role="cell" data-label={columns.who}>{who}</td>
            <td role="cell" data-label={columns.what}>{t.auditWhat[what]}</td>
            <td role="cell" data-label={columns.changes}>
              <ul className="ui-plain-list">{changes.map((change, place) => <li key={place}>{nameOf(change.name)}: {t.changed(valueOf(change.from), valueOf(change.to))}</li>)}</ul>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Fields by the label that administrators know. */
function nameOf(name: string): string {
  if (name === 'certificate') return t.certificate;
  return (t.labels as Record<string, string>)[name] ?? name;
}

function valueOf(value: string | null): string {
  if (value === null) return t.nothing;
  return t.auditValues[value] ?? value;
}
