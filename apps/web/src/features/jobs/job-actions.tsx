import type { JobDetail } from '@openhands-jira/contracts';
import { Button, Dialog, Notice } from '@openhands-jira/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from '../../lib/router.js';
import { useAction } from '../../lib/use-action.js';
import { activityTexts } from '../../texts-of-activity.js';
import { texts } from '../../texts.js';
import { cancelJob, isOver, jobQuery, retryJob } from './jobs.js';

/** Cancel while it is alive, Retry when it ended without a result. The page shows what the server says, not what was wished. */
export function JobActions({ job }: { job: JobDetail }) {
  if (!isOver(job.state)) return <Cancel job={job} />;
  return job.state === 'succeeded' ? null : <Retry job={job} />;
}

function Cancel({ job: { id } }: { job: JobDetail }) {
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState(false);
  const cancel = useAction(cancelJob);
  const queries = useQueryClient();
  const t = activityTexts.job;

  async function run(): Promise<void> {
    const result = await cancel.run(id);
    setAsking(false);
    setDone(result.ok);
    await queries.invalidateQueries({ queryKey: jobQuery(id).queryKey });
  }

  return (
    <>
      {done ? <Notice tone="progress" role="status">{t.cancelled}</Notice> : <div><Button variant="default" onClick={() => setAsking(true)}>{t.cancel}</Button></div>}
      {cancel.failure && <Notice tone="bad" role="alert">{cancel.failure.message}</Notice>}
      {asking && (
        <Dialog title={t.cancelTitle} closing={texts.common.closing} onClose={() => setAsking(false)}>
          <div className="ui-stack">
            <p>{t.cancelText}</p>
            <div className="ui-row">
              <Button variant="danger" loading={cancel.pending} onClick={() => void run()}>{t.cancelYes}</Button>
              <Button variant="default" onClick={() => setAsking(false)}>{t.cancelNo}</Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Retry({ job: { id } }: { job: JobDetail }) {
  const [next, setNext] = useState<string | null>(null);
  const retry = useAction(retryJob);
  const t = activityTexts.job;

  async function run(): Promise<void> {
    const result = await retry.run(id);
    if (result.ok) setNext(result.value);
  }

  return (
    <>
      {next ? <Notice tone="good" role="status"><p>{t.retried} <Link to={`/jobs/${next}`}>{t.openRetried}</Link></p></Notice> : <div><Button loading={retry.pending} onClick={() => void run()}>{t.retry}</Button></div>}
      {retry.failure && <Notice tone="bad" role="alert">{retry.failure.message}</Notice>}
    </>
  );
}
