/**
 * Does this event ask for work?
 *
 * The first half of the decision about a delivery, made at the door while Jira waits for its answer. It needs nobody
 * else: only the event, the configured token and label, and the ids of our own account. Everything in the event is
 * still a claim; before anything runs in somebody's name, the comment or the change is read back from Jira.
 */
import type { ConnectionRules, DeliveryOutcome, IgnoredReason, TraceStep } from '@openhands-jira/contracts';
import type { EventComment, EventIssue, IssueEvent, JiraActor } from './issue-event.js';
import { hasLabel, type LabelChange, readLabelChange, whyNoLabel } from './label.js';
import { type AddressedText, findMention, type Mention, type MentionVia, picksSomebody } from './mention.js';
import { type ServedProjects, servesProject } from './rules.js';

export interface TriggerSettings {
  token: string;
  label: string;
  /** Cloud: the account id. Data Center: the user name and the key. Empty while they are not known. */
  serviceAccountIds: readonly string[];
  /** Those of the connection. Left out: every project is served, and a description addresses nobody. */
  rules?: TriggerRules;
}

/** The rules of a connection that decide whether an event is a trigger at all. */
export type TriggerRules = ServedProjects & Pick<ConnectionRules, 'addressInDescription'>;

/** A step of a decision; the delivery log adds the time. */
export type DecisionStep = Omit<TraceStep, 'at'>;

interface TriggerBase {
  /** Unique per connection and never deleted: two deliveries with one key never make two jobs. */
  key: string;
  issueId: string;
  /** Who caused it, as the payload says. */
  actor: JiraActor | null;
}

/** An event that asks for something. */
export type Trigger =
  | (TriggerBase & {
      kind: 'comment';
      commentId: string;
      /** `unproven_picker`: somebody was picked, and nobody can tell whether it was us before the ids of our account are known. */
      via: MentionVia | 'unproven_picker';
      /** An edit: whether it acts depends on what became of the comment before (`decideEdit`). */
      edited: boolean;
    })
  | (TriggerBase & { kind: 'label'; changelogId: string | null })
  /** The label was there when the issue was created (`via` is null), or its text addresses us. */
  | (TriggerBase & { kind: 'created'; via: MentionVia | 'unproven_picker' | null })
  /** A comment or an issue was deleted: jobs that came from it may have to end. */
  | (TriggerBase & { kind: 'withdrawal'; commentId: string | null });

export type TriggerVerdict =
  | { kind: 'trigger'; trigger: Trigger; trace: DecisionStep[] }
  | { kind: 'ignored'; reason: IgnoredReason; detail: string; trace: DecisionStep[] };

/** Decides what can be decided without asking anybody. Never throws. */
export function detectTrigger(event: IssueEvent, settings: TriggerSettings): TriggerVerdict {
  const trace: DecisionStep[] = [];
  const { issue } = event;
  if (event.kind === 'other' || !issue?.id) return ignored(trace, 'event', 'event_not_used', notUsed(event));
  if (event.kind.startsWith('comment_') && !event.comment?.id) return ignored(trace, 'event', 'event_not_used', notUsed(event));
  trace.push({ step: 'event', result: 'yes', detail: `${event.name} about issue ${issue.key ?? issue.id}.` });
  if (isDeletion(event)) return withdrawal(event, issue, trace);
  if (settings.rules && !servesProject(settings.rules, issue.projectKey)) return ignored(trace, 'project', 'project_out_of_scope', notServed(issue.projectKey!));
  const voice = ownVoice(event, settings.serviceAccountIds);
  if (voice) return ignored(trace, 'author', 'self_authored', voice);
  trace.push({ step: 'author', result: 'yes', detail: 'Not written by the service account.' });
  if (event.kind === 'issue_created') return judgeCreation(event, issue, settings, trace);
  return event.kind === 'issue_updated' ? judgeLabels(event, issue, settings, trace) : judgeComment(event, issue, settings, trace);
}

function notUsed(event: IssueEvent): string {
  if (event.kind === 'other') return `Nothing is done with events of the kind "${event.name}".`;
  return `The event "${event.name}" does not tell which ${event.issue?.id ? 'comment' : 'issue'} it is about.`;
}

/** Why nothing is done in a project, in one sentence. */
export function notServed(projectKey: string): string {
  return `The connection does not serve the project ${projectKey}.`;
}

function ignored(trace: DecisionStep[], step: string, reason: IgnoredReason, detail: string): TriggerVerdict {
  trace.push({ step, result: 'no', detail });
  return { kind: 'ignored', reason, detail, trace };
}

function accepted(trace: DecisionStep[], step: string, trigger: Trigger, detail: string): TriggerVerdict {
  trace.push({ step, result: 'yes', detail });
  return { kind: 'trigger', trigger, trace };
}

function isDeletion(event: IssueEvent): boolean {
  return event.kind === 'comment_deleted' || event.kind === 'issue_deleted';
}

/** A deletion starts nothing, so it does not matter who made it; Cloud does not even tell. */
function withdrawal(event: IssueEvent, issue: EventIssue, trace: DecisionStep[]): TriggerVerdict {
  const commentId = event.kind === 'comment_deleted' ? event.comment!.id : null;
  const key = commentId === null ? `issue_deleted:${issue.id}` : `comment_deleted:${issue.id}:${commentId}`;
  const detail = commentId === null ? 'The issue was deleted.' : `Comment ${commentId} was deleted.`;
  return accepted(trace, 'withdrawal', { kind: 'withdrawal', key, issueId: issue.id, actor: event.actor, commentId }, detail);
}

/**
 * Whether we hear ourselves, and why; null when not. Accounts are compared by id or key, never by e-mail address:
 * Cloud mostly hides it, and two accounts may share one.
 */
function ownVoice(event: IssueEvent, ids: readonly string[]): string | null {
  if (event.comment?.ours) return 'The comment carries our own mark.';
  const known = ids.map((id) => id.toLowerCase()).filter((id) => id !== '');
  const isOurs = (person: JiraActor | null | undefined): boolean => Boolean(person?.id) && known.includes(person!.id.toLowerCase());
  if (isOurs(event.comment?.author)) return 'The comment is by the service account.';
  return isOurs(event.actor) ? 'The service account itself did this. People must not work as the service account.' : null;
}

function judgeComment(event: IssueEvent, issue: EventIssue, settings: TriggerSettings, trace: DecisionStep[]): TriggerVerdict {
  const comment = event.comment!;
  const text = addressedText(comment, settings);
  const mention = findMention(text);
  const via = mention.addressed ? mention.via : canOnlyWait(text) ? 'unproven_picker' : null;
  if (via !== null) return accepted(trace, 'mention', commentTrigger(event, comment, issue, via), VIA_DETAILS[via]);
  const labels = readLabelChange(event.changelog, settings.label);
  const detail = whyNotDetail(mention, settings.token);
  // Old servers send a comment and a change made in one step as one event.
  if (labels !== 'added') return ignored(trace, 'mention', mention.addressed ? 'no_mention_no_label' : mention.reason, detail);
  trace.push({ step: 'mention', result: 'info', detail });
  return judgeLabels(event, issue, settings, trace);
}

function addressedText(comment: EventComment, settings: TriggerSettings): AddressedText {
  return { body: comment.body, format: 'wiki', token: settings.token, serviceAccountIds: settings.serviceAccountIds };
}

/** Without the ids of our account a picked account may be us: such a delivery waits, it is never dropped. */
function canOnlyWait(text: AddressedText): boolean {
  return text.serviceAccountIds.every((id) => id === '') && picksSomebody(text);
}

const VIA_DETAILS = {
  literal: 'The comment addresses us by name.',
  picker: 'The comment mentions the service account.',
  unproven_picker: 'The comment mentions somebody, and the ids of the service account are not known yet.',
} as const;

function whyNotDetail(mention: Mention, token: string): string {
  switch (mention.addressed || mention.reason) {
    case 'mention_in_code_or_quote':
      return `${token} stands only in code, in a quote or in struck-out text.`;
    case 'mention_near_miss':
      return `${token} is part of a longer word, an address or a link.`;
    default:
      return `The comment does not contain ${token} and does not mention the service account.`;
  }
}

function commentTrigger(event: IssueEvent, comment: EventComment, issue: EventIssue, via: MentionVia | 'unproven_picker'): Trigger {
  const edited = event.kind === 'comment_edited';
  const key = `comment:${issue.id}:${comment.id}`;
  // Each edit is a trigger of its own; Data Center's two deliveries of one edit have the same time.
  const editKey = `${key}:${comment.updated ?? event.timestamp ?? 'unknown'}`;
  return { kind: 'comment', key: edited ? editKey : key, issueId: issue.id, actor: event.actor, commentId: comment.id, via, edited };
}

function judgeLabels(event: IssueEvent, issue: EventIssue, settings: TriggerSettings, trace: DecisionStep[]): TriggerVerdict {
  const change = readLabelChange(event.changelog, settings.label);
  if (change !== 'added') return ignored(trace, 'label', whyNoLabel(change), labelDetail(change, settings.label));
  const { changelogId } = event;
  const key = `label:${issue.id}:${changelogId ?? event.timestamp ?? 'unknown'}`;
  return accepted(trace, 'label', { kind: 'label', key, issueId: issue.id, actor: event.actor, changelogId }, `The label ${settings.label} was added.`);
}

function labelDetail(change: LabelChange, label: string): string {
  if (change === 'removed') return `The label ${label} was taken away.`;
  return change === 'kept' ? `The label ${label} was there before this change.` : `The change does not add the label ${label}.`;
}

function judgeCreation(event: IssueEvent, issue: EventIssue, settings: TriggerSettings, trace: DecisionStep[]): TriggerVerdict {
  const { label } = settings;
  const created = { kind: 'created', key: `created:${issue.id}`, issueId: issue.id, actor: event.actor } as const;
  if (hasLabel(event.labels, label)) return accepted(trace, 'label', { ...created, via: null }, `The issue was created with the label ${label}.`);
  const noLabel = `The new issue does not have the label ${label}.`;
  if (!settings.rules?.addressInDescription) return ignored(trace, 'label', 'no_mention_no_label', noLabel);
  trace.push({ step: 'label', result: 'info', detail: noLabel });
  return judgeIssueText(event, settings, trace, created);
}

function judgeIssueText(event: IssueEvent, settings: TriggerSettings, trace: DecisionStep[], created: Omit<Extract<Trigger, { kind: 'created' }>, 'via'>): TriggerVerdict {
  const mention = findIssueMention(event, settings);
  const waits = canOnlyWait(describedText(event, settings));
  if (!mention.addressed && !waits) return ignored(trace, 'mention', mention.reason, 'Neither the description nor the summary of the new issue addresses us.');
  const via = mention.addressed ? mention.via : 'unproven_picker';
  return accepted(trace, 'mention', { ...created, via }, 'The text of the new issue addresses us.');
}

/** Whether the description of an issue addresses us, or else its summary. */
export function findIssueMention(issue: IssueText, settings: Pick<TriggerSettings, 'token' | 'serviceAccountIds'>): Mention {
  const inDescription = findMention(describedText(issue, settings));
  if (inDescription.addressed) return inDescription;
  const inSummary = findMention({ body: issue.summary, format: 'plain', ...settings });
  return inSummary.addressed || inDescription.reason === 'no_mention_no_label' ? inSummary : inDescription;
}

/** The words of an issue itself; the description in wiki markup. */
interface IssueText {
  summary: string;
  description: string;
}

function describedText({ description }: IssueText, { token, serviceAccountIds }: Pick<TriggerSettings, 'token' | 'serviceAccountIds'>): AddressedText {
  return { body: description, format: 'wiki', token, serviceAccountIds };
}

/** What is remembered of a comment that once addressed us. */
export interface KnownAddress {
  /** How the latest address of this comment ended. */
  outcome: DeliveryOutcome;
  /** Hash of the text that was decided. */
  textHash: string | null;
}

export type EditVerdict = { acts: true; detail: string } | { acts: false; reason: IgnoredReason; detail: string };

/**
 * Whether the edit of a comment starts work: when it adds the first address, or when an earlier address was refused and
 * the text changed since. Otherwise an edit never restarts and never repeats anything. `known` is null for a comment
 * that never addressed us as far as we know.
 */
export function decideEdit(edit: { known: KnownAddress | null; mention: Mention; textHash: string }): EditVerdict {
  const { known, mention } = edit;
  if (known === null) {
    if (mention.addressed) return { acts: true, detail: 'The edit adds the first address to this comment.' };
    return { acts: false, reason: mention.reason, detail: 'The edited comment does not address us.' };
  }
  const changed = known.textHash === null || known.textHash !== edit.textHash;
  if (mention.addressed && known.outcome === 'refused' && changed) return { acts: true, detail: 'The comment was refused before, and its text changed.' };
  return { acts: false, reason: 'comment_already_handled', detail: 'This comment had its answer before it was edited.' };
}
