import { readIssueEvent } from './event-reading.js';
import type { ChangelogItem, JiraActor } from './issue-event.js';
import type { JiraComment } from './jira.js';
import { eventsInWindow, type FoundInIssue } from './missed-events.js';
import { shapeOf, textOf } from './payload-reading.js';
import type { DatedChange } from './recent-issues.js';
import { detectTrigger } from './trigger.js';

const window = { from: new Date('2026-11-02T09:00:00Z'), until: new Date('2026-11-02T10:00:00Z') };
const ben: JiraActor = { id: 'ben-id', name: 'ben', displayName: 'Ben', kind: 'person' };
const time = (minute: number): string => `2026-11-02T09:${String(minute).padStart(2, '0')}:00.000+0000`;

function comment(minute: number, more: Partial<JiraComment> = {}): JiraComment {
  return { id: '501', body: '@openhands please', author: ben, updateAuthor: ben, audience: { visibility: null, internal: false }, created: time(minute), updated: time(minute), mark: null, ...more };
}

function labelChange(id: string, minute: number, from: string, to: string): DatedChange {
  const item: ChangelogItem = { field: 'labels', fromString: from, toText: to };
  return { id, author: ben, items: [item], created: time(minute) };
}

function found(more: Partial<FoundInIssue>, issue: Partial<FoundInIssue['issue']> = {}): FoundInIssue {
  return { issue: { id: '10', key: 'SHOP-1', labels: [], created: '2026-11-01T00:00:00.000+0000', updated: time(5), creator: ben, ...issue }, comments: [], changes: [], ...more };
}

/** The keys of what would be decided, as each product reads it. */
function keys(finds: FoundInIssue): string[] {
  const settings = { token: '@openhands', label: 'openhands', serviceAccountIds: ['bot'] };
  const perProduct = (['accountId', 'key'] as const).map((idField) =>
    eventsInWindow(finds, window).flatMap(({ payload }) => {
      const read = (value: unknown): JiraActor | null => (value ? { id: textOf(shapeOf(value), idField) ?? '', displayName: textOf(shapeOf(value), 'displayName') ?? '', kind: 'person' } : null);
      const event = readIssueEvent(JSON.parse(JSON.stringify(payload)), read)!;
      const verdict = detectTrigger(event, settings);
      return verdict.kind === 'trigger' ? [`${verdict.trigger.key} by ${verdict.trigger.actor?.id}`] : [];
    }),
  );
  expect(perProduct[0]).toEqual(perProduct[1]);
  return perProduct[0]!;
}

describe('What no delivery told us', () => {
  it.each<[string, FoundInIssue, string[]]>([
    ['a comment', found({ comments: [comment(5)] }), ['comment:10:501 by ben-id']],
    ['an edited comment, with the key that its edit has', found({ comments: [comment(5, { updated: time(7) })] }), [`comment:10:501:${time(7)} by ben-id`]],
    ['a label that was added', found({ changes: [labelChange('77', 5, 'cart', 'cart openhands')] }), ['label:10:77 by ben-id']],
    ['an issue that was created with the label', found({}, { created: time(3), labels: ['openhands'] }), ['created:10 by ben-id']],
    ['an issue that got the label after its creation', found({ changes: [labelChange('77', 5, '', 'openhands')] }, { created: time(3), labels: ['openhands'] }), ['label:10:77 by ben-id']],
    ['several things, in the order of time', found({ comments: [comment(9), comment(2, { id: '500' })], changes: [labelChange('77', 5, '', 'openhands')] }), ['comment:10:500 by ben-id', 'label:10:77 by ben-id', 'comment:10:501 by ben-id']],
    ['nothing in a comment that does not address us', found({ comments: [comment(5, { body: 'thank you' })] }), []],
    ['nothing in a comment of our own', found({ comments: [comment(5, { mark: { v: 1, key: 'job:1:status', jobId: null, kind: 'status' } })] }), []],
    ['nothing before the window', found({ comments: [comment(0)] }), []],
    ['nothing after the window', found({ comments: [comment(5, { created: '2026-11-02T10:00:01.000+0000', updated: '2026-11-02T10:00:01.000+0000' })] }), []],
    ['nothing without a time that can be read', found({ comments: [comment(5, { created: '', updated: 'soon' })] }), []],
    ['nothing in a label that was taken away', found({ changes: [labelChange('77', 5, 'openhands', '')] }), []],
  ])('is %s', (_, finds, expected) => {
    expect(keys(finds)).toEqual(expected);
  });

  it('keeps its audience', () => {
    const visibility = { type: 'role' as const, value: 'Developers' };
    const [event] = eventsInWindow(found({ comments: [comment(5, { audience: { visibility, internal: true } })] }), window);
    expect(readIssueEvent(event!.payload, () => null)!.comment!.audience).toEqual({ visibility, internal: true });
  });

  it('is written the same each time it is found', () => {
    const finds = found({ comments: [comment(5)], changes: [labelChange('77', 5, '', 'openhands')] });
    expect(JSON.stringify(eventsInWindow(finds, window))).toBe(JSON.stringify(eventsInWindow(structuredClone(finds), window)));
  });
});
