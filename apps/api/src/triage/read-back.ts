/**
 * Reading back: a delivery is only a claim. Whoever knows the webhook secret can write any author into a payload, so the
 * comment or the change is fetched from Jira with the service account, and its author, text and audience count from here
 * on.
 */
import { findIssueMention, findMention, hasLabel, labelsAtBirth, readLabelChange, type CommentAudience, type IssueEvent, type JiraActor, type JiraClient, type JiraIssue } from '@openhands-jira/domain';
import { RetryLater } from '../queue/queue.service.js';
import type { Confirmed, WorkTrigger } from './context.js';
import { type Decision, ignored } from './decision.js';
import type { Trace } from './trace.js';

/** What is needed to confirm one trigger. */
export interface ReadBackQuestion {
  client: JiraClient;
  event: IssueEvent;
  trigger: WorkTrigger;
  issue: JiraIssue;
  token: string;
  label: string;
  serviceAccountIds: string[];
  /** How long ago the delivery came in. */
  ageMs: number;
  trace: Trace;
}

/** Jira may deliver before the comment can be read: a missing one is asked for again for this long. */
const VISIBLE_WITHIN_MS = 5000;

/** Confirms the trigger with Jira, or says how the delivery ends instead. */
export async function readBack(question: ReadBackQuestion): Promise<Confirmed | Decision> {
  const { trigger } = question;
  if (trigger.kind === 'comment') return confirmComment(question, trigger.commentId);
  return trigger.kind === 'created' ? confirmCreation(question, trigger.via === null) : confirmLabel(question, trigger.changelogId);
}

async function confirmComment(question: ReadBackQuestion, commentId: string): Promise<Confirmed | Decision> {
  const { client, event, issue, trace } = question;
  const comment = await client.getComment(issue.id, commentId);
  if (!comment) return goneOrNotYet(question, 'The comment is not in Jira any more.');
  // Whoever edited the text last has said what it says now, also when the comment was new.
  const actor = comment.updateAuthor ?? comment.author;
  const claimed = event.kind === 'comment_edited' ? actor : comment.author;
  if (!actor || !claimed || isForeign(event.actor, claimed)) return mismatch(trace, `Jira names another author of the comment than the delivery did: ${claimed?.displayName ?? 'nobody'}.`);
  const mention = findMention({ body: comment.body, format: 'wiki', token: question.token, serviceAccountIds: question.serviceAccountIds });
  if (!mention.addressed) return withdrawn(trace, 'The comment in Jira no longer addresses us.');
  trace.note('read back', 'yes', `Jira confirms the comment and its author, ${actor.displayName}.`);
  return { actor, comment, audience: comment.audience };
}

async function confirmLabel(question: ReadBackQuestion, changelogId: string | null): Promise<Confirmed | Decision> {
  const { client, event, issue, label, trace } = question;
  if (changelogId === null) return mismatch(trace, 'The delivery does not say which change of the issue it speaks of, so nobody can tell who added the label.');
  const change = await client.getChange(issue.id, changelogId);
  if (!change && question.ageMs < VISIBLE_WITHIN_MS) throw new RetryLater(1000, 'Jira does not show the change yet');
  if (!change?.author) return mismatch(trace, 'Jira knows no such change of the issue.');
  if (readLabelChange(change.items, label) !== 'added') return mismatch(trace, 'The change in Jira does not add the label.');
  if (isForeign(event.actor, change.author)) return mismatch(trace, `Jira names another author of the change than the delivery did: ${change.author.displayName}.`);
  if (!hasLabel(issue.labels, label)) return withdrawn(trace, 'The label is no longer on the issue.');
  trace.note('read back', 'yes', `Jira confirms that ${change.author.displayName} added the label.`);
  return { actor: change.author, comment: null, audience: labelAudience(issue) };
}

/**
 * Whoever created the issue asked only if the label or the words were there from the beginning: others may have added them since, and
 * then spoken of a creation.
 *
 * @param byLabel it was the label that addressed us, and not the text
 */
async function confirmCreation(question: ReadBackQuestion, byLabel: boolean): Promise<Confirmed | Decision> {
  const { client, event, issue, label, trace } = question;
  if (!issue.creator) return mismatch(trace, 'Jira names nobody who created the issue.');
  if (isForeign(event.actor, issue.creator)) return mismatch(trace, `Jira names another creator of the issue than the delivery did: ${issue.creator.displayName}.`);
  if (byLabel && !hasLabel(issue.labels, label)) return withdrawn(trace, 'The label is no longer on the issue.');
  if (!byLabel && !findIssueMention(issue, question).addressed) return withdrawn(trace, 'The text of the issue no longer addresses us.');
  const changes = await client.listChanges(issue.id);
  if (byLabel && !hasLabel(labelsAtBirth(issue.labels, changes), label)) return mismatch(trace, 'The issue did not have the label when it was created.');
  if (!byLabel && changes.some((change) => change.author?.id !== issue.creator!.id && change.items.some(isText))) return mismatch(trace, 'Somebody else than its creator has edited the text of the issue.');
  trace.note('read back', 'yes', `Jira confirms that ${issue.creator.displayName} created the issue ${byLabel ? 'with the label' : 'with a text that addresses us'}.`);
  return { actor: issue.creator, comment: null, audience: labelAudience(issue) };
}

function isText({ field }: { field: string }): boolean {
  return field === 'summary' || field === 'description';
}

/** A label has no audience of its own: answers are public, on service projects internal, so that customers do not read them. */
function labelAudience(issue: JiraIssue): CommentAudience {
  return { visibility: null, internal: issue.serviceProject };
}

/** The payload may name nobody; then Jira's answer alone counts. */
function isForeign(claimed: JiraActor | null, confirmed: JiraActor): boolean {
  return Boolean(claimed?.id) && claimed!.id !== confirmed.id;
}

function goneOrNotYet(question: ReadBackQuestion, detail: string): Decision {
  if (question.ageMs < VISIBLE_WITHIN_MS) throw new RetryLater(1000, 'Jira does not show the comment yet');
  return withdrawn(question.trace, detail);
}

function withdrawn(trace: Trace, detail: string): Decision {
  trace.note('read back', 'no', detail);
  return ignored('withdrawn', detail);
}

function mismatch(trace: Trace, detail: string): Decision {
  trace.note('read back', 'no', detail);
  return ignored('payload_mismatch', detail);
}
