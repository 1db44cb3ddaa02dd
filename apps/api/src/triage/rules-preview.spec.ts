import { type ConnectionRules, DEFAULT_RULES, type DeliveryReason, type JobRepository } from '@openhands-jira/contracts';
import type { IssueEvent } from '@openhands-jira/domain';
import { isChangeable, isWork, type PastDelivery, reasonUnder } from './rules-preview.js';

const settings = { token: '@openhands', label: 'openhands', serviceAccountIds: ['bot'] };
const repository = { provider: 'github', host: 'github.com', fullName: 'acme/shop', url: 'https://github.com/acme/shop', branch: null, source: 'line' } satisfies JobRepository;
const byDefault: JobRepository = { ...repository, source: 'project_default' };
const ben = { verifiedEmail: 'ben@example.com', isManager: false };

/** A delivery about a comment of Ben in the project SHOP, which ended with this reason. */
function past(reason: DeliveryReason, more: Partial<PastDelivery> = {}, event: Partial<IssueEvent> = {}, body = '@openhands fix it'): PastDelivery {
  const author = { id: 'ben', displayName: 'Ben', kind: 'person' } as const;
  return {
    reason, repository: reason === 'started' ? repository : undefined, person: ben,
    event: {
      kind: 'comment_created', name: 'comment_created', issue: { id: '10', key: 'SHOP-1', projectKey: 'SHOP' }, actor: author, labels: [], summary: '', description: '', changelogId: null,
      changelog: [], timestamp: null, comment: { id: '7', body, author, audience: { visibility: null, internal: false }, updated: null, ours: false }, ...event,
    },
    ...more,
  };
}

const gate = { labels: ['ready'], statuses: [], fields: [] };
const only = (key: string): Partial<ConnectionRules> => ({ projects: [{ key, defaultRepository: null, gate: null }], otherProjects: 'not_served' });
const robot = { actor: { id: '557058:robot', displayName: 'Release robot', kind: 'app' } } as const;
const created = { kind: 'issue_created', name: 'jira:issue_created', comment: null, description: '@openhands go' } as const;

describe('What other rules would have made of a delivery', () => {
  it.each<[string, Partial<ConnectionRules>, PastDelivery, DeliveryReason]>([
    ['nothing else, when they do not concern it', {}, past('started'), 'started'],
    ['nothing else, when its project stays', only('SHOP'), past('started'), 'started'],
    ['out of scope', only('HELP'), past('started'), 'project_out_of_scope'],
    ['a start, when its project is added', only('SHOP'), past('project_out_of_scope'), 'started'],
    ['a person who may not', { people: { who: 'listed', emails: ['ada@example.com'] } }, past('started'), 'user_not_allowed'],
    ['a person of the list', { people: { who: 'listed', emails: ['@example.com'] } }, past('user_not_allowed'), 'started'],
    ['a manager, who always may', { people: { who: 'listed', emails: [] } }, past('started', { person: { ...ben, isManager: true } }), 'started'],
    ['nothing else, of a person whom nobody knows', { people: { who: 'listed', emails: [] } }, past('user_not_linked', { person: null }), 'user_not_linked'],
    ['a start, with a default repository', { defaultRepository: 'github.com/acme/shop' }, past('repo_missing'), 'started'],
    ['a start, without a repository', { withoutRepository: true }, past('repo_missing'), 'started'],
    ['no repository, without the default that it had', {}, past('started', { repository: byDefault }), 'repo_missing'],
    ['no repository, when that is no longer allowed', {}, past('started', { repository: null }), 'repo_missing'],
    ['nothing else, when its job is gone', {}, past('started', { repository: undefined }), 'started'],
    ['a start, without the gate', {}, past('gate_not_met'), 'started'],
    ['nothing else, with another gate', { projects: [{ key: 'SHOP', defaultRepository: null, gate }] }, past('gate_not_met'), 'gate_not_met'],
    ['an allowed app', { allowedApps: ['Release robot'] }, past('user_is_app', { person: null }, robot), 'started'],
    ['an app that is no longer allowed', {}, past('started', { person: null }, robot), 'user_is_app'],
    ['a start in place of the running job', { replaceRunningJob: true }, past('already_running', {}, {}, '@openhands new: once more'), 'started'],
    ['nothing else for a retry', { replaceRunningJob: true }, past('already_running', {}, {}, '@openhands retry'), 'already_running'],
    ['a description that addresses us', { addressInDescription: true }, past('no_mention_no_label', {}, created), 'started'],
    ['a description that no longer does', {}, past('started', {}, created), 'no_mention_no_label'],
    ['nothing else, when Jira or limits decided', { withoutRepository: true }, past('issue_rate_limited'), 'issue_rate_limited'],
  ])('%s', (_name, rules, delivery, reason) => {
    const now = isChangeable(delivery.reason, delivery.event.name) ? reasonUnder({ ...DEFAULT_RULES, ...rules }, delivery, settings) : delivery.reason;
    expect(now).toBe(reason);
  });

  it('is asked only of deliveries that rules may change, so that few payloads are read', () => {
    expect(isChangeable('no_mention_no_label', 'comment_created')).toBe(false);
    expect(isChangeable('no_mention_no_label', 'jira:issue_created / issue_created')).toBe(true);
    expect(isChangeable('duplicate_trigger', 'jira:issue_created')).toBe(false);
    expect([isWork('started'), isWork('continued'), isWork('command_done')]).toEqual([true, true, false]);
  });
});
