import type { Delivery } from '@openhands-jira/contracts';
import { ShortMoment, StatusBadge } from '@openhands-jira/ui';
import { Link } from 'react-router';
import { activityTexts } from '../../texts-of-activity.js';
import { texts } from '../../texts.js';
import { OUTCOME_ICONS, OUTCOME_TONES } from './deliveries.js';

/**
 * Deliveries as a table. The roles are written out, because narrow screens draw the rows as blocks and browsers then
 * forget that it is a table.
 */
export function DeliveriesTable({ deliveries, caption }: { deliveries: Delivery[]; caption: string }) {
  const { columns } = activityTexts.activity;
  return (
    <table className="list" role="table">
      <caption className="ui-hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {[columns.time, columns.event, columns.issue, columns.actor, columns.outcome, columns.job].map((name) => <th key={name} role="columnheader" scope="col">{name}</th>)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {deliveries.map((delivery) => <DeliveryRow key={delivery.id} delivery={delivery} />)}
      </tbody>
    </table>
  );
}

function DeliveryRow({ delivery: { id, event, issueKey, actor, receivedAt, outcome, reason, jobId } }: { delivery: Delivery }) {
  const { columns, ...t } = activityTexts.activity;
  return (
    <tr role="row">
      <td role="cell" className="when" data-label={columns.time}><ShortMoment at={receivedAt} justNow={texts.common.justNow} /></td>
      <td role="cell" data-label={columns.event}><Link className="row-link" to={`/deliveries/${id}`} aria-label={t.openNamed(eventName(event), issueKey ?? t.noIssue)}>{eventName(event)}</Link></td>
      <td role="cell" className="key" data-label={columns.issue}>{issueKey ?? <span className="ui-muted">{t.noIssue}</span>}</td>
      <td role="cell" data-label={columns.actor}>{actor ?? <span className="ui-muted">{t.unknownActor}</span>}</td>
      <td role="cell" data-label={columns.outcome}>
        <div>
          <StatusBadge tone={OUTCOME_TONES[outcome]} icon={OUTCOME_ICONS[outcome]}>{texts.outcomes[outcome]}</StatusBadge>
          {reason && <div className="ui-muted">{texts.reasons[reason]}</div>}
        </div>
      </td>
      <td role="cell" data-label={columns.job}>{jobId && <Link className="row-link" to={`/jobs/${jobId}`} aria-label={`${t.open}: ${activityTexts.job.title(issueKey ?? t.noIssue)}`}>{t.open}</Link>}</td>
    </tr>
  );
}

/** "Comment created" instead of `comment_created`. */
export function eventName(event: string): string {
  return texts.cloud.eventNames[event] ?? event;
}
