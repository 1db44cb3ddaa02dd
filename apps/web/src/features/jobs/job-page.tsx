import type { JobDetail, JobFailureReason } from '@openhands-jira/contracts';
import { ExternalLink, Facts, LoadingBlock, Moment, Notice, PreciseMoment, Section, StepList } from '@openhands-jira/ui';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, usePathValues } from '../../lib/router.js';
import { LoadFailure } from '../../app/load-failure.js';
import { NotFoundPage } from '../../app/not-found-page.js';
import { PageHead } from '../../app/page-head.js';
import { isNotFound } from '../../lib/query.js';
import { activityTexts } from '../../texts-of-activity.js';
import * as codeTexts from '../../texts-of-codes.js';
import { texts } from '../../texts.js';
import { whereToActAfter } from '../deliveries/where-to-act.js';
import { JobActions } from './job-actions.js';
import { JobBadge } from './jobs-table.js';
import { jobQuery } from './jobs.js';

/** One job: how far it is, what happened, and what can be done. */
export function JobPage() {
  const { id = '' } = usePathValues();
  const job = useQuery(jobQuery(id));
  if (isNotFound(job.error)) return <NotFoundPage />;
  return (
    <>
      <p><Link className="back-link" to="/activity/jobs">{activityTexts.job.backToList}</Link></p>
      {job.isPending && <LoadingBlock label={texts.common.loading} />}
      {job.isError && !job.data && <LoadFailure query={job} />}
      {job.data && <JobView key={id} job={job.data} />}
    </>
  );
}

function JobView({ job }: { job: JobDetail }) {
  const t = activityTexts.job;
  return (
    <>
      <PageHead title={t.title(job.issueKey)} aside={<JobBadge job={job} />} />
      {job.failure && <Failure failure={job.failure} />}
      {job.cancelReason && <Notice tone="neutral">{codeTexts.cancelReasons[job.cancelReason]}</Notice>}
      <JobActions job={job} />
      {job.resultText && <Section title={t.result}><p className="result-text">{job.resultText}</p></Section>}
      <Section title={t.timeline}><Timeline job={job} /></Section>
      <Section title={activityTexts.delivery.facts}><Facts items={factsOf(job)} /></Section>
      {job.comments.length > 0 && <Section title={t.comments}><Comments job={job} /></Section>}
    </>
  );
}

function Failure({ failure }: { failure: JobFailureReason }) {
  const place = whereToActAfter(failure);
  return (
    <Notice tone="bad">
      <p>{codeTexts.jobFailures[failure]}</p>
      {place && <p><Link to={place.to}>{place.label}</Link></p>}
    </Notice>
  );
}

function Timeline({ job: { timeline } }: { job: JobDetail }) {
  const t = activityTexts.job;
  if (timeline.length === 0) return <p className="ui-muted">{t.noTimeline}</p>;
  return <StepList label={t.timeline} steps={timeline.map(({ at, kind, detail }, place) => ({ key: `${place}`, tone: 'neutral', icon: 'next', word: '', title: codeTexts.timelineKinds[kind] ?? kind, detail, time: <PreciseMoment at={at} /> }))} />;
}

function Comments({ job: { comments } }: { job: JobDetail }) {
  return <Facts items={comments.map(({ kind, state, writtenAt }, place) => ({ name: `${place + 1}. ${activityTexts.job.commentKinds[kind] ?? kind}`, value: <>{activityTexts.job.commentStates[state]} {writtenAt && moment(writtenAt)}</> }))} />;
}

function factsOf(job: JobDetail): { name: string; value: ReactNode }[] {
  const t = activityTexts.job;
  const external = (href: string, word: string) => <ExternalLink href={href} newTab={texts.common.newTab}>{word}</ExternalLink>;
  const facts: [string, ReactNode][] = [
    [t.issue, external(job.issueUrl, job.issueKey)],
    [t.conversation, job.conversationUrl && external(job.conversationUrl, t.openConversation)],
    [t.repository, job.repository && <>{external(job.repository.url, job.repository.fullName)}{job.repository.branch && `, ${t.branch(job.repository.branch)}`}</>],
    [t.pullRequests, job.pullRequests.length > 0 && <ul className="ui-plain-list">{job.pullRequests.map((url) => <li key={url}>{external(url, url)}</li>)}</ul>],
    [t.trigger, t.by(t.triggers[job.trigger], job.requestedBy.name)],
    [t.created, moment(job.createdAt)],
    [t.started, job.startedAt && moment(job.startedAt)],
    [t.finished, job.finishedAt && moment(job.finishedAt)],
    [t.delivery, job.deliveryId && <Link to={`/deliveries/${job.deliveryId}`}>{t.openDelivery}</Link>],
    [t.runs, job.runs.length > 0 && <ul className="ui-plain-list">{job.runs.map((run) => <li key={run.id}>{t.runNumber(run.number)}: {run.state in codeTexts.jobStates ? codeTexts.jobStates[run.state as JobDetail['state']] : run.state}{run.failure && `. ${codeTexts.jobFailures[run.failure]}`}</li>)}</ul>],
  ];
  return facts.flatMap(([name, value]) => (value ? [{ name, value }] : []));
}

function moment(at: string): ReactNode {
  return <Moment at={at} justNow={texts.common.justNow} />;
}
