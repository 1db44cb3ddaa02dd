/**
 * How a delivery of the past would have ended under other rules: the parts of the decision that need nobody else, made again.
 *
 * What other parts found out then is taken as it was: a delivery that the old rules turned away may have been turned away later
 * for another reason, and nobody can tell. Pure.
 */
import type { ConnectionRules, DeliveryReason, JobRepository } from '@openhands-jira/contracts';
import { defaultRepositoryOf, detectTrigger, gateOf, isAllowedApp, isEntitled, type IssueEvent, readCommand, type TriggerSettings } from '@openhands-jira/domain';

/** What is known of a delivery of the past. */
export interface PastDelivery {
  reason: DeliveryReason;
  event: IssueEvent;
  /** Of its job; undefined when it has none. */
  repository: JobRepository | null | undefined;
  /** The account here of the person behind it; null when nobody is linked. */
  person: { verifiedEmail: string | null; isManager: boolean } | null;
}

/** Reasons of deliveries that other rules may start or not start, when an event of any kind has them. */
const WORK: readonly DeliveryReason[] = ['started', 'continued'];
const CHANGEABLE: readonly DeliveryReason[] = [...WORK, 'project_out_of_scope', 'user_not_allowed', 'user_is_app', 'repo_missing', 'gate_not_met', 'already_running'];
const NOT_ADDRESSED: readonly DeliveryReason[] = ['no_mention_no_label', 'mention_near_miss', 'mention_in_code_or_quote'];

/** Whether other rules could change the end of a delivery; of all others the payload need not be read. */
export function isChangeable(reason: DeliveryReason, event: string): boolean {
  return CHANGEABLE.includes(reason) || (NOT_ADDRESSED.includes(reason) && event.startsWith('jira:issue_created'));
}

/** Whether a delivery with this reason set an agent to work. */
export function isWork(reason: DeliveryReason): boolean {
  return WORK.includes(reason);
}

/** The reason that the delivery would have had under these rules. */
export function reasonUnder(rules: ConnectionRules, past: PastDelivery, settings: Omit<TriggerSettings, 'rules'>): DeliveryReason {
  const verdict = detectTrigger(past.event, { ...settings, rules });
  if (verdict.kind === 'ignored') return verdict.reason;
  if (verdict.trigger.kind === 'withdrawal') return past.reason;
  return whoMayNot(rules, past) ?? workUnder(rules, past, settings);
}

function whoMayNot({ allowedApps, people }: ConnectionRules, { event: { actor }, person }: PastDelivery): DeliveryReason | null {
  if (actor?.kind === 'app') return isAllowedApp(allowedApps, actor) ? null : 'user_is_app';
  if (!person || person.isManager) return null;
  return isEntitled(people, person.verifiedEmail) ? null : 'user_not_allowed';
}

function workUnder(rules: ConnectionRules, past: PastDelivery, settings: Omit<TriggerSettings, 'rules'>): DeliveryReason {
  const { reason, event } = past;
  const projectKey = event.issue?.projectKey ?? '';
  const hasRepository = defaultRepositoryOf(rules, projectKey) !== null || rules.withoutRepository;
  switch (reason) {
    case 'started':
    case 'continued':
      return hasRepository || isNamed(past.repository) ? reason : 'repo_missing';
    case 'repo_missing':
      return hasRepository ? 'started' : reason;
    case 'gate_not_met':
      return gateOf(rules, projectKey) === null ? 'started' : reason;
    case 'already_running':
      return rules.replaceRunningJob && asksAfresh(event, settings) ? 'started' : reason;
    default:
      return 'started';
  }
}

/** Whether the issue named its repository itself. Of a job that is gone nothing is known, so it counts as named. */
function isNamed(repository: JobRepository | null | undefined): boolean {
  return repository === undefined || (repository !== null && repository.source !== 'project_default');
}

/** A retry is turned away in the same words, and rules do not change that. */
function asksAfresh({ comment }: IssueEvent, { token, serviceAccountIds }: Omit<TriggerSettings, 'rules'>): boolean {
  const reading = comment && readCommand({ body: comment.body, format: 'wiki', token, serviceAccountIds });
  return reading?.kind === 'instruction' && reading.fresh;
}
