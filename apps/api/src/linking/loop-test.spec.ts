import { type JiraClient, type JiraComment, JiraProblem, type NewComment } from '@openhands-jira/domain';
import { RetryLater } from '../queue/queue.service.js';
import type { LoopTestRow } from './loop-test.store.js';
import { LoopTestSteps } from './loop-test.worker.js';

const ID = '0190a0b0-0000-7000-8000-000000000001';
const MINUTE = 60_000;
const away = new JiraProblem('jira_unreachable', 'no answer in time');
const forbidden = new JiraProblem('service_account_forbidden', 'not allowed', null, 403);

/** A test with a Jira that fails as told. */
class Bench {
  now = Date.UTC(2027, 0, 1);
  row: LoopTestRow = { connection_id: 'c', id: ID, issue_key: 'SHOP-1', issue_id: null, comment_id: null, started_at: new Date(this.now), waits_until: new Date(this.now), arrived_at: null, delivery_id: null, result: null, comment_state: 'none', ended_at: null };
  comments: (NewComment & { id: string })[] = [];
  posted = 0;
  arrives = false;
  turnedAway = false;
  seesIssue = true;
  faults: Partial<Record<'get' | 'post' | 'post answer' | 'delete' | 'store', Error>> = {};

  private readonly client = {
    getIssue: async () => (this.fail('get'), this.seesIssue ? { id: '10' } : null),
    listComments: async () => this.comments.map(({ id, mark }) => ({ id, mark }) as JiraComment),
    addComment: async (_: string, comment: NewComment) => {
      this.fail('post');
      this.comments.push({ ...comment, id: String((this.posted += 1)) });
      this.fail('post answer');
      return String(this.posted);
    },
    deleteComment: async (_: string, id: string) => (this.fail('delete'), (this.comments = this.comments.filter((one) => one.id !== id)), true),
  } as unknown as JiraClient;

  private readonly store = {
    latest: async () => this.row,
    change: async (_: string, change: Partial<LoopTestRow>) => {
      if (change.comment_id) this.fail('store');
      this.row = { ...this.row, ...change };
    },
    arrival: async () => (this.arrives ? { id: 'd', at: new Date(this.now) } : null),
  };

  private readonly steps = new LoopTestSteps(this.store as never, { clientFor: async () => this.client } as never, { latest: async () => (this.turnedAway ? {} : null) } as never, { now: () => new Date(this.now) } as never);

  private fail(where: keyof Bench['faults']): void {
    const fault = this.faults[where];
    delete this.faults[where];
    if (fault) throw fault;
  }

  /** One turn of the queue; false when it comes again. */
  async turn(): Promise<boolean> {
    return this.steps.advance('c', ID).then(() => true, (error: unknown) => {
      if (error instanceof RetryLater) return false;
      throw error;
    });
  }

  giveUp(): Promise<void> {
    return this.steps.giveUp('c', ID);
  }

  /** How it stands, in words. */
  get end(): string {
    return `${this.row.result} ${this.row.comment_state} ${this.row.ended_at !== null} ${this.comments.length}`;
  }
}

describe('A loop test', () => {
  let bench: Bench;
  beforeEach(() => void (bench = new Bench()));

  it('writes a comment that asks for nothing, waits for its delivery, and removes it', async () => {
    expect(await bench.turn()).toBe(false);
    const words = JSON.stringify(bench.comments[0]!.body);
    // Customers of a service desk are not told.
    expect(bench.comments[0]!.audience).toEqual({ visibility: null, internal: true });
    expect(words).toContain(ID.replaceAll('-', ''));
    expect(words).not.toMatch(/@/);
    expect([bench.row.comment_id, bench.end]).toEqual(['1', 'null written false 1']);
    bench.arrives = true;
    expect(await bench.turn()).toBe(true);
    expect(bench.end).toBe('arrived removed true 0');
    expect(bench.row.delivery_id).toBe('d');
  });

  it.each([[false, 'not_arrived removed true 0'], [true, 'turned_away removed true 0']])('ends after its time, also when a call was turned away (%s)', async (turnedAway, end) => {
    await bench.turn();
    bench.now += 91_000;
    bench.turnedAway = turnedAway;
    expect(await bench.turn()).toBe(true);
    expect(bench.end).toBe(end);
  });

  it('writes nothing into an issue that the service account does not see', async () => {
    bench.seesIssue = false;
    await bench.turn();
    expect([bench.end, bench.posted]).toEqual(['issue_not_seen none true 0', 0]);
  });

  it('ends at once when the account may not comment', async () => {
    bench.faults.post = forbidden;
    await bench.turn();
    expect(bench.end).toBe('not_allowed none true 0');
  });

  it.each(['post answer', 'store'] as const)('does not write twice when it fails after the comment was posted (%s)', async (where) => {
    bench.faults[where] = where === 'store' ? new Error('the process died') : away;
    await bench.turn().catch(() => undefined);
    expect(bench.row.comment_id).toBeNull();
    bench.arrives = true;
    expect(await bench.turn()).toBe(true);
    expect([bench.end, bench.posted]).toEqual(['arrived removed true 0', 1]);
  });

  it('removes a comment whose answer got lost, also when the time is over by then', async () => {
    bench.faults['post answer'] = away;
    await bench.turn();
    bench.now += 2 * MINUTE;
    bench.faults.get = away;
    expect(await bench.turn()).toBe(true);
    expect(bench.end).toBe('jira_away removed true 0');
  });

  it('tries for half an hour to remove the comment, and then says that it is left', async () => {
    await bench.turn();
    bench.arrives = true;
    bench.faults.delete = away;
    expect(await bench.turn()).toBe(false);
    expect(bench.end).toBe('arrived written false 1');
    bench.now += 31 * MINUTE;
    bench.faults.delete = away;
    expect(await bench.turn()).toBe(true);
    expect(bench.end).toBe('arrived left true 1');
  });

  it('says at once that the comment is left when the account may not delete its own', async () => {
    await bench.turn();
    bench.arrives = true;
    bench.faults.delete = forbidden;
    expect(await bench.turn()).toBe(true);
    expect(bench.end).toBe('arrived left true 1');
  });

  it('is ended when nobody tries any more', async () => {
    await bench.turn();
    await bench.giveUp();
    expect(bench.end).toBe('jira_away left true 1');
  });
});
