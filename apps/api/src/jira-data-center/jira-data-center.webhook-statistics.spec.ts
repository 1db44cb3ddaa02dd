import { CREDENTIALS } from '../../../../tools/sandbox/seed.ts';
import { ADMIN_TOKEN, ROUTES, setUp, useDataCenterBench } from '../testing/data-center-bench.js';
import type { Answered } from '../testing/jira-bench.js';
import { describeStatistics } from './jira-data-center.webhook-statistics.js';

describe("Jira's own counters of the webhook", () => {
  describe('in words', () => {
    const told = (successes: number, failures: number, errors: number, status: number | null = null) =>
      describeStatistics({ active: true, calls: { successes, failures, errors, lastError: failures + errors > 0 ? { at: new Date('2027-01-01T00:00:00Z'), status } : null } });

    it.each<[string, ReturnType<typeof told>, string, RegExp]>([
      ['there is no webhook', describeStatistics(null), 'missing', /no webhook with the address.*Set the webhook up again/],
      ['it is switched off', describeStatistics({ active: false, calls: { successes: 3, failures: 0, errors: 0, lastError: null } }), 'switched_off', /switched off.*Enable it/],
      ['nothing was called', told(0, 0, 0), 'none', /no call.*Write a comment/],
      ['all went well', told(4, 0, 0), 'good', /4 calls, and all were answered well/],
      ['nobody answered', told(1, 0, 2), 'failing', /1 were answered well, 0 with an error, and 2 not at all.*cannot reach this service/],
      ['the secret is another one', told(0, 5, 1, 403), 'failing', /403: the secret in Jira is another one/],
      ['a proxy takes no large bodies', told(9, 1, 0, 413), 'failing', /413.*25 MB/],
      ['a proxy is not ready', told(9, 1, 0, 502), 'failing', /502.*log/],
      ['a proxy sends elsewhere', told(9, 1, 0, 302), 'failing', /302.*elsewhere/],
    ])('when %s', (_, { verdict, detail, hint }, wanted, words) => {
      expect(verdict).toBe(wanted);
      expect(`${detail} ${hint}`).toMatch(words);
    });
  });

  describe('over REST', () => {
    const held = useDataCenterBench();
    const administration = () => held.bench.sandbox.jiraDataCenter.webhooks;
    const ask = (adminToken: string = ADMIN_TOKEN, person = held.ada): Promise<Answered> => person.send('POST', `${ROUTES}/webhook/statistics`, { adminToken });
    const called = (...statuses: (number | null)[]): void => {
      const attempts = statuses.map((status) => ({ at: Date.UTC(2027, 0, 1), status, answer: 'UPSTREAM-WORDS' }));
      administration().deliveries.push({ identifier: 'x', webhookId: administration().webhooks[0]!.id, event: 'comment_created', issueKey: null, body: '', state: 'delivered', attempts });
    };
    beforeEach(async () => {
      expect(await setUp(held.ada, { mode: 'automatic', adminToken: ADMIN_TOKEN })).toMatchObject({ status: 200 });
    });

    it('are told to the owner, without what Jira kept of our answers', async () => {
      called(200, 403, null, 403);
      const { status, body } = await ask();
      expect({ status, body }).toMatchObject({ status: 200, body: { verdict: 'failing', counts: { successes: 1, failures: 2, errors: 1 }, lastError: { at: '2027-01-01T00:00:00.000Z', status: 403 } } });
      expect(JSON.stringify(body)).not.toContain('UPSTREAM-WORDS');
    });

    it('are also told when the webhook is gone from Jira', async () => {
      administration().remove(administration().webhooks[0]!.id);
      expect((await ask()).body).toMatchObject({ verdict: 'missing', counts: null });
    });

    it.each<[string, () => Promise<Answered>, number, string]>([
      ['the token is wrong', () => ask('wrong'), 422, 'jira_rejected_credentials'],
      ["the token is that of no administrator of Jira", () => ask(CREDENTIALS.dataCenterPatOfBen), 422, 'jira_not_admin'],
      ['somebody else asks', () => ask(ADMIN_TOKEN, held.ben), 403, 'not_owner'],
      ['this Jira does not count', () => ((held.bench.sandbox.jiraDataCenter.behaviour.version = '9.12.30'), ask()), 422, 'webhook_not_signed'],
    ])('are not told when %s', async (_, asking, status, code) => {
      expect(await asking()).toMatchObject({ status, body: { code } });
    });
  });
});
