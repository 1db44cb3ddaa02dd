import type { Delivery } from '@openhands-jira/contracts';
import { exactTime, ShortMoment, StatusBadge } from '@openhands-jira/ui';
import { memo } from 'react';
import { Link } from '../../lib/router.js';
import { cloudTexts } from '../../texts-of-cloud.js';
import { activityTexts } from '../../texts-of-activity.js';
import * as codeTexts from '../../texts-of-codes.js';
import { texts } from '../../texts.js';
import { OUTCOME_ICONS, OUTCOME_TONES } from './deliveries.js';

/**
 * Deliveries as a table. The roles are written out, because its rows are drawn as blocks and browsers then forget that it is a
 * table. Each page of the list is a group of rows that is drawn only near the window, so that thousands of rows scroll lightly.
 */
export function DeliveriesTable({ pages, caption, showsSite = false }: { pages: Delivery[][]; caption: string; showsSite?: boolean }) {
  const { columns } = activityTexts.activity;
  return (
    <table className="list log" role="table">
      <caption className="ui-hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {[columns.time, columns.event, columns.issue, columns.actor, columns.outcome, columns.job].map((name) => <th key={name} role="columnheader" scope="col">{name}</th>)}
        </tr>
      </thead>
      {pages.map((deliveries, place) => <PageRows key={place} deliveries={deliveries} isNewest={place === 0} showsSite={showsSite} />)}
    </table>
  );
}

/** Drawn again only when something in it has changed. */
const PageRows = memo(function PageRows({ deliveries, ...row }: { deliveries: Delivery[]; isNewest: boolean; showsSite: boolean }) {
  return <tbody role="rowgroup">{deliveries.map((delivery) => <DeliveryRow key={delivery.id} delivery={delivery} {...row} />)}</tbody>;
});

function DeliveryRow({ delivery: { id, event, site, issueKey, actor, receivedAt, outcome, reason, jobId }, isNewest, showsSite }: { delivery: Delivery; isNewest: boolean; showsSite: boolean }) {
  const { columns, ...t } = activityTexts.activity;
  return (
    <tr role="row">
      <td role="cell" className="when" data-label={columns.time}>{isNewest ? <ShortMoment at={receivedAt} justNow={texts.common.justNow} /> : <time dateTime={receivedAt}>{exactTime(new Date(receivedAt))}</time>}</td>
      <td role="cell" data-label={columns.event}>
        <div>
          <Link className="row-link" to={`/deliveries/${id}`} aria-label={t.openNamed(eventName(event), issueKey ?? t.noIssue)}>{eventName(event)}</Link>
          {showsSite && <div className="ui-muted">{site}</div>}
        </div>
      </td>
      <td role="cell" className="key" data-label={columns.issue}>{issueKey ?? <span className="ui-muted">{t.noIssue}</span>}</td>
      <td role="cell" data-label={columns.actor}>{actor ?? <span className="ui-muted">{t.unknownActor}</span>}</td>
      <td role="cell" data-label={columns.outcome}>
        <div>
          <StatusBadge tone={OUTCOME_TONES[outcome]} icon={OUTCOME_ICONS[outcome]}>{codeTexts.outcomes[outcome]}</StatusBadge>
          {reason && <div className="ui-muted">{codeTexts.reasons[reason]}</div>}
        </div>
      </td>
      <td role="cell" className="short" data-label={columns.job}>{jobId && <Link className="row-link" to={`/jobs/${jobId}`} aria-label={`${t.open}: ${activityTexts.job.title(issueKey ?? t.noIssue)}`}>{t.open}</Link>}</td>
    </tr>
  );
}

/** "Comment created" instead of `comment_created`. */
export function eventName(event: string): string {
  return cloudTexts.eventNames[event] ?? event;
}
