/**
 * Sample events for trials: what Jira would deliver if a person did something in an issue now. Such a comment or change does not exist in
 * Jira, so a trial sees Jira as if it did.
 */
import type { TryEvent } from '@openhands-jira/contracts';
import { changePayload, commentPayload, hasLabel, type JiraActor, type JiraChange, type JiraComment, type JiraIssue } from '@openhands-jira/domain';
import type { TrialRun } from './context.js';

/** No comment and no change of Jira has this id. */
const SAMPLE_ID = '0';

/** A payload, and how a trial sees Jira with it. */
export interface Sample {
  payload: object;
  seen: TrialRun;
}

/** What a sample is made of. */
export interface SampleFacts {
  kind: NonNullable<TryEvent['sample']>;
  issue: JiraIssue;
  person: JiraActor;
  token: string;
  label: string;
  at: Date;
}

export function sampleOf(facts: SampleFacts): Sample {
  return facts.kind === 'label' ? labelAdded(facts) : commented(facts, wordsOf(facts.kind, facts.token));
}

function wordsOf(kind: 'mention' | 'command' | 'no_mention', token: string): string {
  if (kind === 'no_mention') return 'I will look at this tomorrow.';
  return kind === 'command' ? `${token} check` : `${token} please do what this issue asks for`;
}

function commented({ issue, person, at }: SampleFacts, body: string): Sample {
  const time = at.toISOString();
  const comment: JiraComment = { id: SAMPLE_ID, body, author: person, updateAuthor: person, audience: { visibility: null, internal: false }, created: time, updated: time, mark: null };
  return {
    payload: commentPayload(issue, comment),
    seen: { seenThrough: (jira) => ({ ...jira, getComment: (issueId, id) => (id === SAMPLE_ID ? Promise.resolve(comment) : jira.getComment(issueId, id)) }) },
  };
}

/** The label counts as added now, also where the issue has it already. */
function labelAdded({ issue, person, label }: SampleFacts): Sample {
  const before = issue.labels.filter((one) => !hasLabel([one], label));
  const labels = [...before, label];
  const change: JiraChange = { id: SAMPLE_ID, author: person, items: [{ field: 'labels', fieldId: 'labels', fieldtype: 'jira', fromString: before.join(' '), toText: labels.join(' ') }] };
  return {
    payload: changePayload(issue, change),
    seen: {
      seenThrough: (jira) => ({
        ...jira,
        getIssue: async (id) => withLabels(await jira.getIssue(id), issue.id, labels),
        getChange: (issueId, id) => (id === SAMPLE_ID ? Promise.resolve(change) : jira.getChange(issueId, id)),
      }),
    },
  };
}

function withLabels(issue: JiraIssue | null, id: string, labels: string[]): JiraIssue | null {
  return issue?.id === id ? { ...issue, labels } : issue;
}
