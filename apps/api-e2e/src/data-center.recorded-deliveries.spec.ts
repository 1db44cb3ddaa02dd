/** Recorded deliveries of Jira Server and Data Center, signed and sent through the front door. Nothing is replayed where the recordings are not there. */
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import { sign } from '../../../tools/sandbox/webhook-sender.ts';
import { recordedDeliveries, type RecordedDelivery, RECORDINGS_FOLDER } from './recorded-deliveries.js';
import { CREDENTIALS, Stage } from './stage.js';

const recordings = recordedDeliveries('data-center');

/** Nobody in these recordings asks us for anything; what else they end with. */
const OTHER_ENDS: Record<string, string> = {
  // A comment that is gone may end a job: that is decided with the jobs at hand, and here there are none. Its twin names no comment.
  'comment-deleted-no-issue.json': 'ignored comment_deleted',
  'issue-deleted.json': 'ignored event_not_used',
  'issue-worklog-changed.json': 'ignored event_not_used',
  'worklog-created.json': 'ignored event_not_used',
  'worklog-deleted.json': 'ignored event_not_used',
  'worklog-updated.json': 'ignored event_not_used',
};

if (recordings) describe('The recorded deliveries of Jira Data Center', () => {
  let stage: Stage;
  let ada: Browser;
  let connectionId: string;

  beforeAll(async () => {
    stage = await Stage.open({ OUTBOUND_ALLOWED_HOSTS: 'localhost' });
    ada = await stage.signIn('ada');
    await ada.put('/api/v1/admin/jira-data-center', {
      enabled: true, linkMethod: 'email', baseUrl: stage.sandbox.urls.jiraDataCenter, serviceAccountEmail: CREDENTIALS.dataCenterAccountEmail, serviceAccountPat: CREDENTIALS.dataCenterPat,
    });
    connectionId = (await ada.put('/api/v1/jira-data-center/webhook', { mode: 'automatic', adminToken: CREDENTIALS.dataCenterAdminPat })).json.connectionId;
  }, 60_000);
  afterAll(() => stage.close());

  it('are all answered with 200 and end as their descriptions say', async () => {
    const ends: Record<string, string> = {};
    for (const recording of recordings) ends[recording.file] = await endOf(recording);
    const usual = Object.fromEntries(recordings.map(({ file }) => [file, 'ignored no_mention_no_label']));
    expect(ends).toEqual({ ...usual, ...OTHER_ENDS });
    process.stdout.write(`Recorded deliveries of Jira Data Center: ${recordings.length} ran.\n`);
  });

  it('are known when they come again', async () => {
    expect((await deliver(recordings[0]!)).json).toMatchObject({ outcome: 'ignored', reason: 'duplicate_delivery' });
  });

  it('become a trigger when they address us, also without an issue, and the twin is recognised', async () => {
    // The two halves of one recorded comment; only its text is another one.
    const asking = ['comment-created-no-issue.json', 'issue-commented.json'].map((name) => withComment(recordings.find(({ file }) => file === name)!, '@openhands please'));
    const ends: string[] = [];
    for (const recording of asking) ends.push(await endOf(recording));
    // Our service account cannot read the issue of the recording.
    expect(ends).toEqual(['refused issue_unreadable', 'ignored duplicate_trigger']);
  });

  function deliver({ body }: RecordedDelivery) {
    const { secret } = stage.sandbox.jiraDataCenter.webhooks.webhooks[0]!;
    return ada.request('POST', `/integration/jira-dc/connections/${connectionId}/events`, body.toString('utf8'), { 'x-hub-signature': sign(secret!, body) });
  }

  /** Outcome and reason, or the answer that it must not have had. */
  async function endOf(recording: RecordedDelivery): Promise<string> {
    const answer = await deliver(recording);
    if (answer.status !== 200) return `HTTP ${answer.status}`;
    const delivery = await eventually(async () => (await ada.get(`/api/v1/deliveries/${answer.json.deliveryId}`)).json, (one) => one.outcome !== 'pending', 'a decided delivery');
    return `${delivery.outcome} ${delivery.reason}`;
  }
});
else it(`Recorded deliveries are not replayed, because there is no folder ${RECORDINGS_FOLDER}`, () => {
  process.stdout.write(`Recorded deliveries of Jira Data Center: 0 ran, because there is no folder ${RECORDINGS_FOLDER}.\n`);
});

function withComment({ file, body }: RecordedDelivery, text: string): RecordedDelivery {
  const payload = JSON.parse(body.toString('utf8')) as { comment: { body: string } };
  payload.comment.body = text;
  return { file, body: Buffer.from(JSON.stringify(payload)) };
}
