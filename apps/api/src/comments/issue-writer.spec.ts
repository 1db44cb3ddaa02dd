import { jest } from '@jest/globals';
import { JiraProblem, type Message, type RefusalMessage } from '@openhands-jira/domain';
import { JobsBench } from '../testing/jobs-bench.js';
import { ourComment } from './issue-write.entity.js';
import { IssueWriter } from './issue-writer.js';
import { aReaction, aRemoteLink, IssueWrites, type NewWrite, type RefusalWish, type WritePlace } from './issue-writes.service.js';
import { RenewedAccess } from './renewed-access.js';

const LINK = { globalId: 'g', title: 'OpenHands', url: 'https://openhands.example.com/jobs/1', resolved: false };
const OPEN = { visibility: null, internal: false };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('What is written into an issue', () => {
  const bench = new JobsBench();
  let writes: IssueWrites;

  beforeAll(async () => {
    await bench.start();
    writes = bench.get(IssueWrites);
  });
  afterAll(() => bench.close());
  beforeEach(() => bench.clear());

  const queued = (position: number): Message => ({
    kind: 'status.queued', position, limit: { kind: 'installation', jobs: 1 }, repository: null, startedBy: { id: 'a', displayName: 'Ada' }, matchedByEmail: false,
    conversationUrl: null, conversation: 'fresh', pullRequests: [], notes: [],
  });
  const done: Message = { kind: 'status.done', outcome: 'succeeded', seconds: 60, repository: null, conversationUrl: null };

  async function comment(message: Message, key = 'k1'): Promise<void> {
    await bench.db.transaction((manager) => writes.ensureComment(manager, { key, connectionId: bench.connectionId, issueId: '10012', message, audience: OPEN, quiet: true }));
  }

  const place = (): WritePlace => ({ connectionId: bench.connectionId, issueId: '10012' });

  async function wish(write: NewWrite): Promise<void> {
    await bench.db.transaction((manager) => writes.ensureAll(manager, place(), [write]));
  }

  async function row(key = 'k1'): Promise<{ gave_up_reason: string | null; remote_id: string | null; attempts: number }> {
    const [found] = await bench.db.query('SELECT gave_up_reason, remote_id, attempts FROM issue_writes WHERE key = $1', [key]);
    return found;
  }

  it('is posted once and edited when it says something else', async () => {
    await comment(queued(2));
    await comment(queued(2));
    await bench.write();
    await comment(queued(1));
    await bench.write();
    await bench.write();
    expect(bench.jira.comments).toHaveLength(1);
    expect(bench.jira.textOf('k1')).toContain('position 1');
    expect(bench.jira.comments[0]!.edits.map((edit) => edit.quiet)).toEqual([true]);
    expect(bench.jira.comments[0]!.mark).toEqual({ v: 1, key: 'k1', jobId: null, kind: 'status.queued' });
    expect(await bench.db.query(ourComment('$1', '$2'), [bench.connectionId, bench.jira.comments[0]!.id])).toHaveLength(1);
    expect(await bench.db.query(ourComment('$1', '$2'), [bench.connectionId, '1'])).toHaveLength(0);
  });

  it('drops an edit that was overtaken', async () => {
    await comment(queued(3));
    await bench.write();
    await comment(queued(2));
    await comment(queued(1));
    await bench.write();
    expect(bench.jira.comments[0]!.edits).toHaveLength(1);
  });

  it('is found again when the answer to its post was lost, and edited when it is an older one', async () => {
    await comment(queued(2));
    bench.jira.faults = ['lost'];
    expect(await bench.write()).toBe('waits');
    await comment(done);
    expect(await bench.write()).toBe('waits');
    bench.clock.advance(MINUTE);
    expect(await bench.write()).toBe('done');
    expect(bench.jira.comments).toHaveLength(1);
    expect(bench.jira.textOf('k1')).toContain('Finished');
  });

  it('waits as long as Jira asks for, and keeps the order of the issue meanwhile', async () => {
    await comment(queued(1), 'first');
    await comment(done, 'second');
    bench.jira.faults = [new JiraProblem('jira_rate_limited', '429', 40_000, 429)];
    expect(await bench.write()).toBe('waits');
    bench.clock.advance(39_000);
    expect(await bench.write()).toBe('waits');
    expect(bench.jira.calls).toBe(1);
    bench.clock.advance(1000);
    expect(await bench.write()).toBe('done');
    expect(bench.jira.comments.map((one) => one.mark.key)).toEqual(['first', 'second']);
  });

  it.each([401, 403, 404, 405, 409])('is not held up by a link that Jira refuses with %i, which is then given up', async (status) => {
    await wish(aRemoteLink({ ...place(), link: LINK }));
    await comment(done);
    bench.jira.linkFault = new JiraProblem('service_account_forbidden', 'no', null, status);
    expect(await bench.write()).toBe('done');
    expect(bench.jira.comments).toHaveLength(1);
    const [{ gave_up_reason: reason }] = await bench.db.query(`SELECT gave_up_reason FROM issue_writes WHERE kind = 'remote_link'`);
    expect(reason).toBe(status === 404 ? 'issue_gone' : 'refused_by_jira');
  });

  it('does not wait for links and reactions that Jira does not answer', async () => {
    await wish(aRemoteLink({ ...place(), link: LINK }));
    bench.jira.linkFault = new JiraProblem('jira_unreachable', 'no answer');
    expect(await bench.write()).toBe('waits');
    await comment(done);
    expect(await bench.write()).toBe('waits');
    expect(bench.jira.comments).toHaveLength(1);
    bench.jira.linkFault = null;
    bench.clock.advance(MINUTE);
    expect(await bench.write()).toBe('done');
    expect(bench.jira.links).toHaveLength(1);
  });

  it('is not held up by an edit that the account may not make', async () => {
    await comment(queued(2), 'first');
    await bench.write();
    await comment(queued(1), 'first');
    await comment(done, 'second');
    bench.jira.faults = [new JiraProblem('service_account_forbidden', 'no', null, 403)];
    expect(await bench.write()).toBe('done');
    expect(bench.jira.comments.map((one) => one.mark.key)).toEqual(['first', 'second']);
  });

  const result: Message = { kind: 'result.succeeded', text: 'Fixed.', person: { id: 'a', displayName: 'Ada' }, jobId: 'j', conversationUrl: null, pullRequests: [], notPassedOn: [] };
  const failure: Message = { kind: 'failure.internal', reason: 'internal_error', traceId: 't' };

  it.each([
    ['the token expired', result, new JiraProblem('service_account_rejected', 'no', null, 401)],
    ['the account may not comment', result, new JiraProblem('service_account_forbidden', 'no', null, 403)],
    ['Data Center tells of a missing permission', result, new JiraProblem('service_account_forbidden', 'no', null, 400)],
    ['Jira is down', failure, new JiraProblem('jira_unreachable', 'no', null, 503)],
    ['Jira wants quiet for hours', failure, new JiraProblem('jira_rate_limited', 'no', 3 * 60 * MINUTE, 429)],
  ])('is tried for seven days when it answers somebody and %s', async (_, message, problem) => {
    await comment(message);
    const written = bench.now().getTime() + 6.9 * DAY;
    while (bench.now().getTime() < written) {
      bench.jira.faults = [problem];
      expect(await bench.write()).toBe('waits');
      expect(bench.jira.faults).toEqual([]);
      bench.clock.advance(Math.max(15 * MINUTE, problem.retryAfterMs ?? 0) * 16);
    }
    expect(await bench.write()).toBe('done');
    expect(bench.jira.comments).toHaveLength(1);
  });

  it('that answers somebody is asked for every quarter of an hour at least, and given up after seven days', async () => {
    await comment(result);
    bench.jira.down = true;
    for (let attempt = 0; attempt < 12; attempt += 1) {
      expect(await bench.write()).toBe('waits');
      bench.clock.advance(15 * MINUTE);
    }
    expect(bench.jira.calls).toBe(12);
    bench.clock.advance(7 * DAY);
    expect(await bench.write()).toBe('done');
    expect((await row()).gave_up_reason).toBe('retries_used_up');
  });

  it('that fails for more than half an hour no longer holds up the answers to others', async () => {
    await comment(result, 'first');
    bench.jira.faults = [new JiraProblem('jira_unreachable', 'this one breaks Jira', null, 500)];
    await bench.write();
    bench.clock.advance(31 * MINUTE);
    bench.jira.faults = [new JiraProblem('jira_unreachable', 'this one breaks Jira', null, 500)];
    await bench.write();
    await comment(queued(1), 'second');
    expect(await bench.write()).toBe('waits');
    expect(bench.jira.comments.map((one) => one.mark.key)).toEqual(['second']);
  });

  it('gets a new chance as soon as the connection has a new token', async () => {
    await comment(result);
    bench.jira.down = true;
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await bench.write();
      bench.clock.advance(14 * MINUTE);
    }
    await bench.write();
    bench.jira.down = false;
    const look = (): Promise<void> => bench.get(RenewedAccess).look();
    const queuedEntries = async (): Promise<number> => Number((await bench.db.query(`SELECT count(*) FROM queue.job WHERE name = 'comments'`))[0].count);
    await bench.db.query('DELETE FROM queue.job');
    await look();
    expect(await queuedEntries()).toBe(0);
    expect(await bench.write()).toBe('waits');
    await bench.db.query('UPDATE connections SET service_account_saved_at = $2 WHERE id = $1', [bench.connectionId, bench.now()]);
    await look();
    await look();
    expect(await queuedEntries()).toBe(1);
    expect(await bench.write()).toBe('done');
    expect(bench.jira.comments).toHaveLength(1);
  });

  it('is given up after half an hour of failures when it only tells a state, and what comes after it is written', async () => {
    await comment(queued(1), 'first');
    const unreachable = new JiraProblem('jira_unreachable', 'no answer');
    bench.jira.faults = Array.from({ length: 7 }, () => unreachable);
    for (let round = 0; round < 6; round += 1) {
      expect(await bench.write()).toBe('waits');
      bench.clock.advance(5 * MINUTE);
    }
    await comment(done, 'second');
    expect(await bench.write()).toBe('done');
    expect((await row('first')).gave_up_reason).toBe('retries_used_up');
    expect(bench.jira.comments.map((one) => one.mark.key)).toEqual(['second']);
  });

  it.each([[404, 'issue_gone'], [400, 'refused_by_jira'], [413, 'refused_by_jira']])('is given up at once when Jira answers %i', async (status, reason) => {
    await comment(done);
    bench.jira.faults = [new JiraProblem('jira_unexpected_answer', 'no', null, status)];
    expect(await bench.write()).toBe('done');
    expect((await row()).gave_up_reason).toBe(reason);
  });

  it('stays away when somebody deleted it', async () => {
    await comment(queued(1));
    await bench.write();
    bench.jira.comments = [];
    await comment(done);
    await bench.write();
    expect(bench.jira.comments).toEqual([]);
    expect((await row()).gave_up_reason).toBe('comment_gone');
  });

  it('is edited only at the end where an edit sends mail', async () => {
    bench.jira.can = { ...bench.jira.can, quietEdits: { yes: false, reason: 'Data Center has no such switch' } };
    await comment(queued(2));
    await bench.write();
    await comment(queued(1));
    await bench.write();
    expect(bench.jira.comments[0]!.edits).toEqual([]);
    await comment(done);
    await bench.write();
    expect(bench.jira.textOf('k1')).toContain('Finished');
  });

  it('of a job is edited five times at most: one edit is kept for a question, and one for the end', async () => {
    await comment(queued(9));
    await bench.write();
    for (const position of [8, 7, 6, 5, 4, 3]) {
      await comment(queued(position));
      expect(await bench.write()).toBe('done');
    }
    expect(bench.jira.comments[0]!.edits).toHaveLength(3);
    const { kind: _, position: __, limit: ___, ...facts } = queued(1) as Extract<Message, { kind: 'status.queued' }>;
    for (const minute of [1, 2]) {
      await comment({ kind: 'status.needs_input', ...facts, notes: [{ kind: 'suspended', at: new Date(minute * MINUTE).toISOString() }] });
      expect(await bench.write()).toBe('done');
    }
    expect(bench.jira.textOf('k1')).toContain('waits for a confirmation');
    bench.clock.advance(MINUTE);
    await comment(queued(1));
    await bench.write();
    await comment(done);
    expect(await bench.write()).toBe('done');
    expect(bench.jira.comments[0]!.edits).toHaveLength(5);
    expect(bench.jira.textOf('k1')).toContain('Finished');
  });

  it('that refuses or checks something is edited as often as people ask', async () => {
    for (let minute = 0; minute < 8; minute += 1) {
      await comment({ kind: 'command.check', at: new Date(minute * MINUTE).toISOString(), repository: null, lines: [] });
      await bench.write();
    }
    expect(bench.jira.comments[0]!.edits).toHaveLength(7);
  });

  it('keeps a pace that leaves room for others', async () => {
    for (let number = 0; number < 12; number += 1) await comment(queued(number + 1), `k${number}`);
    expect(await bench.write()).toBe('waits');
    expect(bench.jira.comments).toHaveLength(10);
    bench.clock.advance(2000);
    expect(await bench.write()).toBe('done');
    expect(bench.jira.comments).toHaveLength(12);
  });

  it('reacts where the site offers that, and never asks again where it does not', async () => {
    const react = async (commentId: string): Promise<void> => {
      await wish(aReaction({ ...place(), commentId }));
      await bench.write();
    };
    await react('501');
    expect(bench.jira.reactions).toEqual(['501']);
    bench.jira.offersReactions = false;
    await react('502');
    await react('503');
    expect(bench.jira.calls).toBe(2);
    expect(bench.jira.reactionsOff).toBe(true);
  });

  it('gives up what is left when our own side failed too often', async () => {
    await comment(done);
    await bench.get(IssueWriter).giveUpDue(bench.connectionId, '10012');
    expect((await row()).gave_up_reason).toBe('internal_error');
    bench.jira.exists = false;
    await comment(done, 'k2');
    await bench.write();
    expect((await row('k2')).gave_up_reason).toBe('connection_gone');
  });
});

describe('A refusal', () => {
  const bench = new JobsBench();
  beforeAll(() => bench.start());
  afterAll(() => bench.close());
  beforeEach(() => bench.clear());
  afterEach(() => jest.restoreAllMocks());

  let delivery = 0;
  async function refuse(fields: Partial<RefusalWish> = {}, kind: 'refusal.repo_missing' | 'refusal.user_not_allowed' = 'refusal.repo_missing'): Promise<void> {
    delivery += 1;
    const deliveryId = `01990000-0000-7000-8000-${String(delivery).padStart(12, '0')}`;
    const message: RefusalMessage = { kind, deliveryId, askedAgainAt: [] };
    await bench.db.transaction((manager) => bench.get(IssueWrites).ensureRefusal(manager, { connectionId: bench.connectionId, issueId: '10012', deliveryId, personId: 'ada', message, audience: OPEN, at: bench.now(), ...fields }));
    await bench.write();
  }

  it('is told once a day: asking again adds the time to it', async () => {
    await refuse();
    await refuse();
    expect(bench.jira.comments).toHaveLength(1);
    expect(bench.jira.textOf(bench.jira.comments[0]!.mark.key)).toContain(`Asked again at ${bench.now().toISOString().slice(11, 16)}`);
  });

  it('asked for again tells of the latest request, and of all times', async () => {
    const about = (repository: string): RefusalMessage => ({ kind: 'refusal.repo_no_access', deliveryId: `decision-of-${repository}`, askedAgainAt: [], repositories: [`acme/${repository}`] });
    const text = (): string => bench.jira.textOf(bench.jira.comments[0]!.mark.key);
    await refuse({ message: about('web') });
    const first = bench.now();
    await refuse({ message: about('shop'), at: first });
    await refuse({ message: about('cart'), at: new Date(first.getTime() + 3 * MINUTE) });
    expect(text()).toContain('acme/cart');
    expect(text()).not.toContain('acme/web');
    expect(text()).toContain(`Asked again at ${clock(first)}, ${clock(new Date(first.getTime() + 3 * MINUTE))}`);
    expect(JSON.stringify(bench.jira.comments[0]!.body)).toContain('decision-of-cart');
    expect(bench.jira.comments).toHaveLength(1);
  });

  it('keeps what everybody may read when the later request was made in a closed circle', async () => {
    const about = (repository: string): RefusalMessage => ({ kind: 'refusal.repo_no_access', deliveryId: 'd', askedAgainAt: [], repositories: [`acme/${repository}`] });
    await refuse({ message: about('web') });
    await refuse({ message: about('secret'), audience: { visibility: { type: 'role', value: 'Developers' }, internal: false } });
    expect(bench.jira.textOf(bench.jira.comments[0]!.mark.key)).toContain('acme/web');
    expect(JSON.stringify(bench.jira.comments)).not.toContain('acme/secret');
  });

  it('is a new comment for another person, another reason or the next day', async () => {
    await refuse();
    await refuse({ personId: 'ben' });
    await refuse({}, 'refusal.user_not_allowed');
    await refuse({ at: new Date(Date.now() + 25 * 60 * MINUTE) });
    expect(bench.jira.comments).toHaveLength(4);
  });

  it('is told again after somebody deleted it', async () => {
    await refuse();
    bench.jira.comments = [];
    await refuse();
    expect(bench.jira.comments).toHaveLength(1);
  });

  it('decided twice for the same delivery is one question', async () => {
    await refuse();
    delivery -= 1;
    await refuse();
    expect(bench.jira.comments[0]!.edits).toEqual([]);
  });
});

function clock(time: Date): string {
  return `${time.toISOString().slice(11, 16)} UTC`;
}
