/**
 * One issue of a story. Each story has an issue of its own, so many stories share a stage without meeting each other.
 */
import { DataSource } from 'typeorm';
import type { Browser } from '../../../tools/sandbox/browser.ts';
import type { Issue, NewIssue, Person } from '../../../tools/sandbox/jira-model.ts';
import type { Script } from '../../../tools/sandbox/openhands/scripts.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import type { WebhookDelivery } from '../../../tools/sandbox/webhook-sender.ts';
import { ACCOUNTS, type Stage } from './stage.js';

/** What the product answered to Jira, and what it decided. */
// The answers are the API's own JSON: each story knows their shape.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Decided = any;

type CommentOptions = Parameters<Stage['sandbox']['actions']['comment']>[3];

const OVER = ['succeeded', 'failed', 'cancelled'];

export class StoryIssue {
  readonly issue: Issue;

  /** @param reader somebody who may see all deliveries and jobs: the administrator */
  constructor(
    readonly stage: Stage,
    private readonly reader: Browser,
    fields: Partial<NewIssue> = {},
  ) {
    const { store } = stage.sandbox.jira;
    this.issue = store.addIssue({ projectKey: 'SHOP', summary: 'The total is a cent off', description: 'Repository: Acme/web-app', reporterId: ACCOUNTS.ben, ...fields });
  }

  get key(): string {
    return this.issue.key;
  }

  /** Somebody comments, and the delivery of it is decided. */
  async ask(who: string, text: string, options: CommentOptions = {}): Promise<Decided> {
    return this.decided(() => this.stage.sandbox.actions.comment(this.key, who, text, options));
  }

  /** The id of the latest comment of a person. */
  get lastComment(): string {
    const own = this.stage.sandbox.actions.agentAccountId;
    return this.issue.comments.findLast((one) => one.authorId !== own)!.id;
  }

  /** Somebody edits their latest comment, or the one with this id. */
  async edit(text: string, who?: string, commentId = this.lastComment): Promise<Decided> {
    return this.decided(() => this.stage.sandbox.actions.editComment(this.key, commentId, text, who));
  }

  async label(who: string, label = 'openhands'): Promise<Decided> {
    return this.decided(() => this.stage.sandbox.actions.addLabel(this.key, who, label));
  }

  async unlabel(who: string, label = 'openhands'): Promise<Decided> {
    return this.decided(() => this.stage.sandbox.actions.removeLabel(this.key, who, label));
  }

  /** Does something in Jira that sends one delivery; gives the delivery with its trace when it is decided. */
  async decided(act: () => unknown): Promise<Decided> {
    const [sent] = this.sentBy(act);
    const answer = await this.answered(sent!);
    if (answer.status !== 200) throw new Error(`The delivery was answered with ${answer.status}: ${sent!.attempts[0]!.answer}`);
    return this.settled(answer.deliveryId);
  }

  /** The deliveries that something in Jira sends. */
  sentBy(act: () => unknown): WebhookDelivery[] {
    const { deliveries } = this.stage.sandbox.jira.webhooks;
    const before = deliveries.length;
    act();
    return deliveries.slice(before);
  }

  /** What the product answered to the first attempt of a delivery. */
  async answered(sent: WebhookDelivery): Promise<{ status: number; deliveryId: string; outcome: string; reason: string | null }> {
    await eventually(() => sent.attempts.length, (count) => count > 0, `the answer to ${sent.event} of ${this.key}`);
    const { status, answer } = sent.attempts[0]!;
    return { status, ...(JSON.parse(answer) as object) } as never;
  }

  /** A delivery with its trace, once it is decided. */
  async settled(deliveryId: string): Promise<Decided> {
    return eventually(async () => (await this.reader.get(`/api/v1/deliveries/${deliveryId}`)).json, (one) => one.outcome !== 'pending', `the decision about a delivery of ${this.key}`);
  }

  /** Our comments as plain text, oldest first, once everything that is to be written is written. */
  async comments(): Promise<string[]> {
    await this.written();
    return this.stage.ourComments(this.key).map((one) => one.text);
  }

  /** Waits until nothing is left to be written into this issue. */
  async written(): Promise<void> {
    await eventually(() => this.count('issue_writes', 'written_revision < revision AND gave_up_reason IS NULL'), (due) => due === 0, `the comments of ${this.key} to be written`);
  }

  /** How many comments, links and reactions were ever meant to be written here: 0 is silence. */
  wishes(): Promise<number> {
    return this.count('issue_writes', 'true');
  }

  jobs(): Promise<number> {
    return this.count('jobs', 'true');
  }

  /** How often the agent was asked to start for this issue. */
  starts(): number {
    return this.stage.sandbox.openhands.conversations.filter((one) => mentions(one.request, this.key)).length;
  }

  /** The same once there are as many, because a job starts a moment after its delivery was decided. */
  startsReach(count: number): Promise<number> {
    return eventually(() => this.starts(), (starts) => starts >= count, `${count} starts for ${this.key}`);
  }

  /** The words that the agent was given when it started, latest start last. */
  prompts(): string[] {
    return this.stage.sandbox.openhands.conversations.map((one) => JSON.stringify(one.request)).filter((text) => mentions(text, this.key));
  }

  async job(jobId: string): Promise<Decided> {
    return (await this.reader.get(`/api/v1/jobs/${jobId}`)).json;
  }

  /** The job once it has this state, or any end. */
  async jobIs(jobId: string, state?: string): Promise<Decided> {
    const look = (): Promise<Decided> => {
      // The agent works quicker while somebody waits for it.
      this.stage.sandbox.openhands.advance(3);
      return this.job(jobId);
    };
    return eventually(look, (one) => (state ? one.state === state : OVER.includes(one.state)), `the job of ${this.key} to be ${state ?? 'over'}`);
  }

  private async count(table: string, condition: string): Promise<number> {
    const [row] = await this.stage.inside(DataSource).query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${table} WHERE issue_id = $1 AND ${condition}`, [this.issue.id]);
    return row!.count;
  }
}

/** Somebody new in Jira. */
export function newPerson(stage: Stage, login: string, fields: Partial<Person> = {}): Person {
  const { store } = stage.sandbox.jira;
  const accountId = `712020:${login}`;
  const person: Person = {
    accountId, key: `JIRAUSER-${login}`, name: login, displayName: `${login[0]!.toUpperCase()}${login.slice(1)}`, emailAddress: `${login}@example.com`, emailVisible: false,
    accountType: 'atlassian', isAdmin: false, roles: ['Users', 'Developers'], groups: ['jira-users'], ...fields,
  };
  store.people.push(person);
  return person;
}

/** A run that works until somebody stops it. */
export const ENDLESS: Script = { name: 'endless', start: 'ready', frames: [{ sandbox: 'RUNNING', execution: 'running' }] };

function mentions(request: unknown, key: string): boolean {
  return new RegExp(`${key}(?!\\d)`).test(typeof request === 'string' ? request : JSON.stringify(request));
}
