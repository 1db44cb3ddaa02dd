/** Row 16: forty bodies that are not what Jira sends, each signed and not. Row 18: texts that no database takes as text. Row 19: the largest texts. */
import { detectTrigger } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { sign } from '../../../tools/sandbox/jira-cloud/webhooks.ts';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import { readPayload } from '../../api/src/deliveries/payload.js';
import { unpackBody } from '../../api/src/deliveries/body-storage.js';
import { readCloudEvent } from '../../api/src/jira-cloud/jira-cloud.payload.js';
import { ACCOUNTS, Stage } from '../src/stage.js';
import { StoryIssue } from '../src/story-issue.js';
import { fault, percentile } from './figures.js';

const EVENT = '"webhookEvent":"comment_created"';
const BODIES = [
  '', ' ', '\n', '{', '}', '[', ']', '[]', '[{}]', '{}', 'null', 'true', 'false', '0', '-1', '1e999', 'NaN', 'undefined', '"text"', '""', "{'a':1}", '{"a":1,}', '{"a":1}{"b":2}', '{"a":1} x', '\ufeff{}',
  '{"webhookEvent":1}', '{"webhookEvent":null}', '{"webhookEvent":""}', '{"webhookEvent":["comment_created"]}', '{"webhookEvent":{"toString":"x"}}', `{${EVENT}}`, `{${EVENT},${EVENT}}`, `{${EVENT},"comment":null}`, `{${EVENT},"comment":[],"issue":[]}`,
  `{${EVENT},"__proto__":{"comment":{"id":"1"}}}`, `{"__proto__":{${EVENT}}}`, `{${EVENT},"constructor":{"prototype":{"x":1}},"comment":{"id":1,"__proto__":[]}}`, `{${EVENT},"comment":{"id":"1"},"comment":{"id":"2"}}`, `{${EVENT},"issue":{"id":{}},"comment":{"id":{}}}`, `{${EVENT},"hasOwnProperty":1,"comment":{"hasOwnProperty":1,"id":"1","author":7}}`,
];

describe('What strangers send', () => {
  let stage: Stage;
  let ada: Browser;
  let id: string;

  beforeAll(async () => {
    stage = await Stage.open();
    ada = await stage.signIn('ada');
    id = await stage.connectWorkspace(ada);
    await stage.link(await stage.signIn('ben'), ACCOUNTS.ben);
    stage.sandbox.jira.webhooks.hold();
  }, 60_000);
  afterAll(() => stage?.close());

  fault(16, 'forty malformed bodies: unsigned they are all refused alike, signed they are stored or refused, and none is an error of ours', async (figures) => {
    const unsigned = await Promise.all(BODIES.map((body) => stage.deliver(id, body, { 'x-hub-signature': sign('a wrong secret', body) })));
    const signed = await Promise.all(BODIES.map((body) => stage.deliver(id, body)));
    figures.exactly('bodies', BODIES.length, 40);
    figures.exactly('unsigned and refused with 403', unsigned.filter(({ status }) => status === 403).length, 40);
    figures.exactly('different answers to the unsigned', new Set(unsigned.map(({ text }) => text)).size, 1);
    figures.exactly('signed and answered with 200 or 400', signed.filter(({ status }) => [200, 400].includes(status)).length, 40);
  });

  fault(18, 'a comment with U+0000, a lone surrogate or bytes that are no UTF-8 is kept byte by byte, and its job runs', async (figures) => {
    const texts = ['\u0000', '\ud800', '\udfff\ud800', '\ufffe', '\u202e'];
    let [kept, started] = [0, 0];
    for (const odd of texts) {
      const issue = new StoryIssue(stage, ada);
      const [sent] = issue.sentBy(() => stage.sandbox.actions.comment(issue.key, 'ben', `@openhands please ${odd} now`));
      const bytes = Buffer.concat([Buffer.from(sent!.body.slice(0, -1)), Buffer.from(',"odd":"'), Buffer.from([0xff, 0xc0, 0x80]), Buffer.from('"}')]);
      const { status, json } = await stage.deliver(id, bytes);
      const delivery = await issue.settled(json.deliveryId);
      const [row] = await stage.inside(DataSource).query<{ body: Buffer }[]>('SELECT body FROM deliveries WHERE id = $1', [json.deliveryId]);
      kept += status === 200 && unpackBody(row!.body).equals(bytes) ? 1 : 0;
      started += delivery.outcome === 'job' && (await issue.jobIs(delivery.jobId)).state === 'succeeded' ? 1 : 0;
      figures.condition(`U+${odd.codePointAt(0)!.toString(16)} ${delivery.outcome}`);
    }
    figures.exactly('kept byte by byte', kept, texts.length);
    figures.exactly('jobs that ran to their end', started, texts.length);
  });

  fault(19, 'a comment of 32,767 characters with 1,000 mentions and 500 labels is read and decided in five milliseconds', async (figures) => {
    const labels = Array.from({ length: 500 }, (_, at) => `label-${at}`);
    const body = '[~accountid:712020:0b0b0b0b-2222] '.repeat(1000).padEnd(32_767, 'word ').slice(0, 32_767);
    const payload = { webhookEvent: 'comment_created', comment: { id: '1', body, author: { accountId: 'x', displayName: 'X' } }, issue: { id: '1', key: 'A-1', fields: { labels, summary: 'x' } } };
    const bytes = Buffer.from(JSON.stringify(payload));
    const times = Array.from({ length: 1200 }, () => {
      const before = process.cpuUsage();
      detectTrigger(readCloudEvent(readPayload(bytes))!, { token: '@openhands', label: 'openhands', serviceAccountIds: ['712020:agent'] });
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    }).slice(200);
    figures.condition(`${bytes.length} bytes, 1,000 runs after 200 to warm up, time of the processor, median ${percentile(times, 0.5).toFixed(1)} ms`);
    figures.within('p99 of reading and deciding', percentile(times, 0.99), 5);
  });

});
