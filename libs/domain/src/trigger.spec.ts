import fc from 'fast-check';
import type { EventComment, IssueEvent, IssueEventKind, JiraActor } from './issue-event.js';
import { findMention } from './mention.js';
import { wikiText } from './testing/hostile-texts.js';
import { decideEdit, detectTrigger, type TriggerRules, type TriggerVerdict } from './trigger.js';

const settings = { token: '@openhands', label: 'openhands', serviceAccountIds: ['bot'] };
const person = (id: string): JiraActor => ({ id, displayName: id, kind: 'person' });

const comment: EventComment = {
  id: '7',
  body: '@openhands fix it',
  author: person('alice'),
  audience: { visibility: null, internal: false },
  updated: '2026-11-21T10:00:00.000+0000',
  ours: false,
};

function event(kind: IssueEventKind, parts: Partial<IssueEvent> = {}): IssueEvent {
  return {
    kind,
    name: kind,
    issue: { id: '10', key: 'SHOP-1', projectKey: 'SHOP' },
    actor: person('alice'),
    comment: kind.startsWith('comment_') ? comment : null,
    labels: [],
    summary: '',
    description: '',
    changelogId: '100',
    changelog: [],
    timestamp: '1760000000000',
    ...parts,
  };
}

const labels = (before: string, after: string) => [{ field: 'labels', fieldId: 'labels', fieldtype: 'jira', fromString: before, toText: after }];
const said = (body: string, more: Partial<EventComment> = {}) => ({ comment: { ...comment, body, ...more } });

/** The key of a trigger, or the reason for none. */
function outcome(verdict: TriggerVerdict): string {
  return verdict.kind === 'trigger' ? verdict.trigger.key : verdict.reason;
}

describe('golden table: events, the rows that need nobody else', () => {
  it.each<[string, IssueEvent, string]>([
    ['1 a mention in a new comment', event('comment_created'), 'comment:10:7'],
    ['5 the twin of Data Center has the same key', event('comment_created', { name: 'jira:issue_updated / issue_commented' }), 'comment:10:7'],
    ['7 a twin that names the issue only by its id', event('comment_created', { issue: { id: '10', key: null, projectKey: null } }), 'comment:10:7'],
    ['12 a comment by the service account', event('comment_created', said(comment.body, { author: person('bot') })), 'self_authored'],
    ['12 in other letter case', event('comment_created', said(comment.body, { author: person('BOT') })), 'self_authored'],
    ['13 our own mark', event('comment_created', said(comment.body, { ours: true, author: null })), 'self_authored'],
    ['14 the same e-mail address as the service account', event('comment_created', said(comment.body, { author: { ...person('carol'), emailAddress: 'bot@example.com' } })), 'comment:10:7'],
    ['15 an edit that adds an address', event('comment_edited'), 'comment:10:7:2026-11-21T10:00:00.000+0000'],
    ['15 an edit without its time', event('comment_edited', said(comment.body, { updated: null })), 'comment:10:7:1760000000000'],
    ['20 a deleted comment', event('comment_deleted'), 'comment_deleted:10:7'],
    ['22 our label added beside others', event('issue_updated', { changelog: labels('bug', 'bug openhands') }), 'label:10:100'],
    ['22 without a changelog id', event('issue_updated', { changelog: labels('', 'openhands'), changelogId: null }), 'label:10:1760000000000'],
    ['24 another label removed', event('issue_updated', { changelog: labels('bug openhands', 'openhands') }), 'label_already_present'],
    ['24 our label removed', event('issue_updated', { changelog: labels('openhands', '') }), 'label_removed'],
    ['27 created with our label', event('issue_created', { labels: ['bug', 'OpenHands'] }), 'created:10'],
    ['28 created without it', event('issue_created'), 'no_mention_no_label'],
    ['31 a deleted issue', event('issue_deleted'), 'issue_deleted:10'],
    ['33 an event of another kind', event('other', { name: 'sprint_started' }), 'event_not_used'],
    ['35 an empty changelog', event('issue_updated'), 'no_mention_no_label'],
    ['39 a timestamp that is years old', event('comment_created', { timestamp: '1' }), 'comment:10:7'],
    ['39 a timestamp that is missing', event('comment_created', { timestamp: null }), 'comment:10:7'],
    ['49 the key of an issue that moved does not matter', event('comment_created', { issue: { id: '10', key: 'NEW-9', projectKey: 'NEW' } }), 'comment:10:7'],
    ['50 an empty comment', event('comment_created', said('')), 'no_mention_no_label'],
    ['51 commented without the comment, changelog without our label', event('issue_updated', { changelog: labels('', 'bug') }), 'no_mention_no_label'],
    ['52 an actor without id', event('comment_created', { actor: person(''), ...said(comment.body, { author: person('') }) }), 'comment:10:7'],
    ['53 no comment id', event('comment_created', said(comment.body, { id: '' })), 'event_not_used'],
    ['53 no comment', event('comment_created', { comment: null }), 'event_not_used'],
    ['53 no issue id', event('comment_created', { issue: null }), 'event_not_used'],
  ])('%s', (_name, given, expected) => {
    expect(outcome(detectTrigger(given, settings))).toBe(expected);
  });
});

describe('golden table: events, the rows of the rules', () => {
  const rules: TriggerRules = { projects: [{ key: 'SHOP', defaultRepository: null, gate: null }], otherProjects: 'not_served', addressInDescription: false };
  const described: TriggerRules = { projects: [], otherProjects: 'served', addressInDescription: true };
  const elsewhere = { issue: { id: '10', key: 'PLAY-1', projectKey: 'PLAY' } };
  const inText = (description: string, summary = '') => event('issue_created', { description, summary });

  it.each<[string, IssueEvent, TriggerRules, string]>([
    ['28 a description without the setting', inText('@openhands go'), rules, 'no_mention_no_label'],
    ['29 a description with the setting', inText('@openhands go'), described, 'created:10'],
    ['29 a summary with the setting', inText('', 'Login fails, @openhands'), described, 'created:10'],
    ['29 the service account picked', inText('[~accountid:bot] go'), described, 'created:10'],
    ['29 a description that addresses us in code only', inText('{code}@openhands{code}'), described, 'mention_in_code_or_quote'],
    ['29 a summary that almost addresses us', inText('Nothing.', '@openhands-agent'), described, 'mention_near_miss'],
    ['29 a description that addresses nobody', inText('The login fails.'), described, 'no_mention_no_label'],
    ['29 a description of the service account', event('issue_created', { description: '@openhands go', actor: person('bot') }), described, 'self_authored'],
    ['29 a later change of the description', event('issue_updated', { description: '@openhands go' }), described, 'no_mention_no_label'],
    ['38 a mention in a project in the list', event('comment_created'), rules, 'comment:10:7'],
    ['38 a mention in a project that is not', event('comment_created', elsewhere), rules, 'project_out_of_scope'],
    ['38 a label there', event('issue_updated', { ...elsewhere, changelog: labels('', 'openhands') }), rules, 'project_out_of_scope'],
    ['38 our own comment there', event('comment_created', { ...elsewhere, actor: person('bot') }), rules, 'project_out_of_scope'],
    ['38 an event that is not used there', event('other', elsewhere), rules, 'event_not_used'],
    ['38 a project that the payload does not tell', event('comment_created', { issue: { id: '10', key: null, projectKey: null } }), rules, 'comment:10:7'],
    ['38 a project beside those in the list, when others are served', event('comment_created', elsewhere), { ...rules, otherProjects: 'served' }, 'comment:10:7'],
    ['20 a deleted comment there may still have a job', event('comment_deleted', elsewhere), rules, 'comment_deleted:10:7'],
  ])('%s', (_name, given, withRules, expected) => {
    expect(outcome(detectTrigger(given, { ...settings, rules: withRules }))).toBe(expected);
  });

  it('waits when a description picks somebody and the ids of our account are not known', () => {
    const unknown = { ...settings, serviceAccountIds: [], rules: described };
    expect(detectTrigger(inText('[~accountid:x] go'), unknown)).toMatchObject({ trigger: { kind: 'created', via: 'unproven_picker' } });
    expect(detectTrigger(inText('@openhands'), unknown)).toMatchObject({ trigger: { via: 'literal' } });
  });
});

describe('what an event asks for', () => {
  it.each([
    ['{quote}@openhands{quote}', 'mention_in_code_or_quote'],
    ['@openhands-agent', 'mention_near_miss'],
    ['LGTM', 'no_mention_no_label'],
  ])('is nothing for %j, with the reason why', (body, reason) => {
    expect(outcome(detectTrigger(event('comment_created', said(body)), settings))).toBe(reason);
  });

  it('is nothing when the service account adds the label', () => {
    const given = event('issue_updated', { actor: person('bot'), changelog: labels('', 'openhands') });
    expect(outcome(detectTrigger(given, settings))).toBe('self_authored');
  });

  it('is nothing when somebody edits one of our comments', () => {
    const given = event('comment_edited', said(comment.body, { author: person('bot') }));
    expect(outcome(detectTrigger(given, settings))).toBe('self_authored');
  });

  it('is a withdrawal even when the service account deletes a comment of somebody else', () => {
    expect(outcome(detectTrigger(event('comment_deleted', { actor: person('bot') }), settings))).toBe('comment_deleted:10:7');
  });

  it('tells who acted, how we were addressed, and whether it was an edit', () => {
    const given = event('comment_edited', { actor: person('dave'), ...said('[~accountid:bot] go') });
    expect(detectTrigger(given, settings)).toMatchObject({ trigger: { kind: 'comment', via: 'picker', edited: true, commentId: '7', issueId: '10', actor: { id: 'dave' } } });
  });

  it('is a label that comes along with a comment to somebody else', () => {
    const given = event('comment_created', { ...said('done'), changelog: labels('', 'openhands') });
    expect(outcome(detectTrigger(given, settings))).toBe('label:10:100');
    expect(outcome(detectTrigger({ ...given, ...said('@openhands') }, settings))).toBe('comment:10:7');
  });

  it('waits when somebody was picked and the ids of our account are not known', () => {
    const unknown = { ...settings, serviceAccountIds: [] };
    const picked = event('comment_created', said('[~accountid:x] go'));
    expect(detectTrigger(picked, unknown)).toMatchObject({ trigger: { via: 'unproven_picker' } });
    expect(outcome(detectTrigger(picked, settings))).toBe('no_mention_no_label');
    expect(detectTrigger(event('comment_created'), unknown)).toMatchObject({ trigger: { via: 'literal' } });
  });

  it('keeps a trace of the rules that looked at it; the last one decided', () => {
    expect(detectTrigger(event('comment_created'), settings).trace).toEqual([
      { step: 'event', result: 'yes', detail: 'comment_created about issue SHOP-1.' },
      { step: 'author', result: 'yes', detail: 'Not written by the service account.' },
      { step: 'mention', result: 'yes', detail: 'The comment addresses us by name.' },
    ]);
    expect(detectTrigger(event('comment_created', said('LGTM')), settings).trace.at(-1)).toEqual({
      step: 'mention',
      result: 'no',
      detail: 'The comment does not contain @openhands and does not mention the service account.',
    });
  });

  it('is decided for every text, with a trace, and by the same rule as the mention itself', () => {
    fc.assert(fc.property(wikiText, fc.constantFrom<IssueEventKind>('comment_created', 'comment_edited'), (body, kind) => {
      const verdict = detectTrigger(event(kind, said(body)), settings);
      const mention = findMention({ body, format: 'wiki', ...settings });
      expect(verdict.kind === 'trigger').toBe(mention.addressed);
      expect(verdict.trace.at(-1)!.result).toBe(mention.addressed ? 'yes' : 'no');
    }));
  });
});

describe('an edited comment', () => {
  const addressed = { addressed: true, via: 'literal' } as const;
  const silent = { addressed: false, reason: 'no_mention_no_label' } as const;

  it.each([
    ['acts when no address was known and the new text has one', null, addressed, 'b', true],
    ['acts when it was refused and its text changed', { outcome: 'refused', textHash: 'a' }, addressed, 'b', true],
    ['acts when it was refused and the old text is no longer known', { outcome: 'refused', textHash: null }, addressed, 'b', true],
    ['does nothing when it was refused and its text is the same', { outcome: 'refused', textHash: 'a' }, addressed, 'a', 'comment_already_handled'],
    ['does nothing when a job came of it', { outcome: 'job', textHash: 'a' }, addressed, 'b', 'comment_already_handled'],
    ['does nothing while it is not decided yet', { outcome: 'pending', textHash: 'a' }, addressed, 'b', 'comment_already_handled'],
    ['does nothing when the address was removed', { outcome: 'job', textHash: 'a' }, silent, 'b', 'comment_already_handled'],
    ['does nothing when a refused address was removed', { outcome: 'refused', textHash: 'a' }, silent, 'b', 'comment_already_handled'],
    ['does nothing when it never addressed us', null, silent, 'b', 'no_mention_no_label'],
  ] as const)('%s', (_name, known, mention, textHash, expected) => {
    const verdict = decideEdit({ known, mention, textHash });
    expect(verdict.acts || verdict.reason).toBe(expected);
  });
});
