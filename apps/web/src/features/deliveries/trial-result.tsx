import type { Trial, TrialComment, TrialJob } from '@openhands-jira/contracts';
import { Facts, Notice } from '@openhands-jira/ui';
import type { ReactNode } from 'react';
import * as codeTexts from '../../texts-of-codes.js';
import { trialTexts as t } from '../../texts-of-trials.js';
import { OUTCOME_TONES } from './deliveries.js';
import { TraceSteps } from './trace-steps.js';

/** What a trial found: how it would end, each step, what would be said in the issue, and what the agent would be told. */
export function TrialResult({ trial }: { trial: Trial }) {
  const { outcome, reason, detail, fixHint, trace, comment, job } = trial;
  return (
    <div className="ui-stack" role="group" aria-label={t.result}>
      <Notice tone={OUTCOME_TONES[outcome]} role="status" title={t.would(reason ? codeTexts.reasons[reason] : codeTexts.outcomes[outcome])}>
        <p>{detail}</p>
        {fixHint && <p><strong>{t.whatToDo}:</strong> {fixHint}</p>}
        <p>{t.nothingDone}</p>
      </Notice>
      {trace.length > 0 && <TraceSteps label={t.steps} trace={trace} />}
      {comment ? <CommentPreview comment={comment} /> : <p className="ui-muted">{t.noComment}</p>}
      {job && <JobPreview job={job} />}
    </div>
  );
}

function CommentPreview({ comment: { text, wiki, adf } }: { comment: TrialComment }) {
  return (
    <>
      <Shown title={t.comment} isOpen>{text}</Shown>
      <Shown title={t.adf}>{JSON.stringify(adf, null, 2)}</Shown>
      <Shown title={t.wiki}>{wiki}</Shown>
    </>
  );
}

function JobPreview({ job: { trigger, requestedBy, repository, prompt, followUpPrompt, systemSuffix } }: { job: TrialJob }) {
  const facts = [
    { name: t.repository, value: repository ? `${repository.host}/${repository.fullName}` : t.noRepository },
    { name: t.branch, value: repository?.branch ?? t.defaultBranch },
    { name: t.askedBy, value: t.by(t.triggers[trigger], requestedBy) },
    { name: t.conversation, value: followUpPrompt ? t.goesOn : t.fresh },
  ];
  return (
    <>
      <Facts items={facts} />
      <Shown title={t.prompt}>{followUpPrompt ?? prompt}</Shown>
      <Shown title={t.systemSuffix}>{systemSuffix}</Shown>
    </>
  );
}

/** A long text behind its title, which can be scrolled with the keyboard. */
function Shown({ title, isOpen = false, children }: { title: string; isOpen?: boolean; children: ReactNode }) {
  return (
    <details open={isOpen}>
      <summary>{title}</summary>
      <pre className="payload" tabIndex={0} role="region" aria-label={title}>{children}</pre>
    </details>
  );
}
