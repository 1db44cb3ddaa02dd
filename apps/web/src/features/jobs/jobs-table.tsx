import type { Job } from '@openhands-jira/contracts';
import { ShortMoment, StatusBadge } from '@openhands-jira/ui';
import { Link } from '../../lib/router.js';
import { activityTexts } from '../../texts-of-activity.js';
import * as codeTexts from '../../texts-of-codes.js';
import { texts } from '../../texts.js';
import { JOB_ICONS, JOB_TONES } from './jobs.js';

/** Jobs as a table; its roles are written out for the same reason as in the table of deliveries. */
export function JobsTable({ jobs, caption }: { jobs: Job[]; caption: string }) {
  const { time, issue } = activityTexts.activity.columns;
  const { trigger, repository, state } = activityTexts.job;
  return (
    <table className="list" role="table">
      <caption className="ui-hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">{[time, issue, trigger, repository, state].map((name) => <th key={name} role="columnheader" scope="col">{name}</th>)}</tr>
      </thead>
      <tbody role="rowgroup">
        {jobs.map((job) => (
          <tr role="row" key={job.id}>
            <td role="cell" className="when" data-label={time}><ShortMoment at={job.createdAt} justNow={texts.common.justNow} /></td>
            <td role="cell" className="key" data-label={issue}><Link className="row-link" to={`/jobs/${job.id}`} aria-label={activityTexts.job.title(job.issueKey)}>{job.issueKey}</Link></td>
            <td role="cell" data-label={trigger}>{job.requestedBy.name}</td>
            <td role="cell" data-label={repository}>{job.repository?.fullName}</td>
            <td role="cell" data-label={state}><JobBadge job={job} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The job's state, and its mark while it is not simply working. */
export function JobBadge({ job: { state, mark } }: { job: Pick<Job, 'state' | 'mark'> }) {
  return (
    <span className="ui-row">
      <StatusBadge tone={JOB_TONES[state]} icon={JOB_ICONS[state]}>{codeTexts.jobStates[state]}</StatusBadge>
      {mark && <StatusBadge tone="warning">{activityTexts.job.marks[mark]}</StatusBadge>}
    </span>
  );
}
