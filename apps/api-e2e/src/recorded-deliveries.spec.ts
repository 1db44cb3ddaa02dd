/**
 * The recorded deliveries of Jira Cloud, signed and sent through the front door, each with the end that it must have.
 *
 * Recordings of Data Center have another shape and go through a door of their own: `recordedDeliveries('data-center')` gives them to
 * the story of that door, with a table of its own.
 */
import { eventually } from '../../../tools/sandbox/waiting.ts';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { recordedDeliveries, type RecordedDelivery, RECORDINGS_FOLDER } from './recorded-deliveries.js';
import { Stage } from './stage.js';

const recordings = recordedDeliveries('cloud');

/** Nobody wrote the default word, and nobody used the default label: all of them are silently ignored. */
const ENDS: Record<string, string> = {
  'comment-created-mention-username.json': 'ignored no_mention_no_label',
  'comment-created.json': 'ignored no_mention_no_label',
  'comment-deleted-logged.json': 'ignored comment_deleted',
  'comment-updated-logged.json': 'ignored no_mention_no_label',
  'issue-assigned-empty-changelog.json': 'ignored no_mention_no_label',
  'issue-assigned-no-event-type.json': 'ignored no_mention_no_label',
  'issue-assigned-string-timestamp.json': 'ignored no_mention_no_label',
  'issue-assigned-to-nobody.json': 'ignored no_mention_no_label',
  'issue-assigned.json': 'ignored no_mention_no_label',
  'issue-created-no-description-nor-relevant-fields.json': 'ignored no_mention_no_label',
  'issue-created-no-description.json': 'ignored no_mention_no_label',
  'issue-created-no-relevant-fields.json': 'ignored no_mention_no_label',
  'issue-created-security-level.json': 'ignored no_mention_no_label',
  'issue-created.json': 'ignored no_mention_no_label',
  'issue-deleted.json': 'ignored event_not_used',
  'issue-moved-logged.json': 'ignored no_mention_no_label',
  'issue-reopened-one-changelog-item.json': 'ignored no_mention_no_label',
  'issue-reopened.json': 'ignored no_mention_no_label',
  'issue-resolved-one-changelog-item.json': 'ignored no_mention_no_label',
  'issue-resolved.json': 'ignored no_mention_no_label',
  'issue-started-working.json': 'ignored no_mention_no_label',
  'issue-status-changed-logged.json': 'ignored no_mention_no_label',
  'issue-updated-attachments.json': 'ignored no_mention_no_label',
  'issue-updated-custom-field.json': 'ignored no_mention_no_label',
  'issue-updated-description-logged.json': 'ignored no_mention_no_label',
  'issue-updated-description-no-event-type.json': 'ignored no_mention_no_label',
  'issue-updated-description.json': 'ignored no_mention_no_label',
  'issue-updated-fix-version.json': 'ignored no_mention_no_label',
  'issue-updated-issue-type.json': 'ignored no_mention_no_label',
  'issue-updated-labels.json': 'ignored no_mention_no_label',
  'issue-updated-lowered-priority.json': 'ignored no_mention_no_label',
  'issue-updated-raised-priority.json': 'ignored no_mention_no_label',
  'issue-updated-rank-logged.json': 'ignored no_mention_no_label',
  'issue-updated-rank.json': 'ignored no_mention_no_label',
  'issue-updated-sprint.json': 'ignored no_mention_no_label',
  'issue-updated-summary.json': 'ignored no_mention_no_label',
  'issue-updated-three-fields.json': 'ignored no_mention_no_label',
  'issue-updated-two-custom-fields.json': 'ignored no_mention_no_label',
  'issuelink-created-blocks-logged.json': 'ignored event_not_used',
  'issuelink-created-relates-logged.json': 'ignored event_not_used',
  'issuelink-deleted-logged.json': 'ignored event_not_used',
  'project-created-logged.json': 'ignored event_not_used',
};

/**
 * The same recordings where our label is one that their people used; only what differs. Nothing runs here either: our service
 * account cannot read those issues.
 */
const WITH_LABEL: Record<string, Record<string, string>> = {
  openhands: {},
  // `bad test-label` became `sad test-label`.
  sad: { 'issue-updated-labels.json': 'refused issue_unreadable' },
  bad: { 'issue-updated-labels.json': 'ignored label_removed' },
  'test-label': {
    'issue-updated-labels.json': 'ignored label_already_present',
    // Five recordings of one creation with the label: the first one that comes is judged, the others repeat it.
    'issue-created-no-description-nor-relevant-fields.json': 'refused issue_unreadable',
    'issue-created-no-description.json': 'ignored duplicate_trigger',
    'issue-created-no-relevant-fields.json': 'ignored duplicate_trigger',
    'issue-created-security-level.json': 'ignored duplicate_trigger',
    'issue-created.json': 'ignored duplicate_trigger',
  },
};

if (recordings) describe.each(Object.keys(WITH_LABEL))('The recorded deliveries of Jira Cloud, with the label "%s"', (label) => {
  let stage: Stage;
  let ada: Browser;
  let connectionId: string;

  beforeAll(async () => {
    stage = await Stage.open({ TRIGGER_LABEL: label });
    ada = await stage.signIn('ada');
    connectionId = await stage.connectWorkspace(ada);
  });
  afterAll(() => stage.close());

  it('are all answered with 200 and end as their descriptions say', async () => {
    const ends: Record<string, string> = {};
    for (const recording of recordings) ends[recording.file] = await endOf(recording);
    expect(ends).toEqual({ ...ENDS, ...WITH_LABEL[label] });
    process.stdout.write(`Recorded deliveries of Jira Cloud with the label "${label}": ${recordings.length} ran.\n`);
  });

  /** Outcome and reason, or the answer that it must not have had. */
  async function endOf({ body }: RecordedDelivery): Promise<string> {
    const answer = await stage.deliver(connectionId, body);
    if (answer.status !== 200) return `HTTP ${answer.status}`;
    const delivery = await eventually(
      async () => (await ada.get(`/api/v1/deliveries/${answer.json.deliveryId}`)).json,
      (one: { outcome: string; reason: string | null }) => one.outcome !== 'pending',
      'the delivery to be decided',
    );
    return `${delivery.outcome} ${delivery.reason}`;
  }
});
else it(`Recorded deliveries are not replayed, because there is no folder ${RECORDINGS_FOLDER}`, () => {
  process.stdout.write(`Recorded deliveries of Jira Cloud: 0 ran, because there is no folder ${RECORDINGS_FOLDER}.\n`);
});
