import { Injectable } from '@nestjs/common';
import type { Trial, TriedEvent, TryEvent } from '@openhands-jira/contracts';
import { type JiraIssue, REASON_TEXTS, signatureOf } from '@openhands-jira/domain';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { Connections } from '../connections/connections.service.js';
import { Links } from '../connections/links.service.js';
import { isOwner } from '../connections/rules.service.js';
import { type WebhookDoor, WebhookSecrets } from '../connections/webhook-secrets.service.js';
import { uuidv7 } from '../database/uuid.js';
import { DeliveryEntity } from '../deliveries/delivery.entity.js';
import { FrontDoor, type Rehearsed } from '../deliveries/front-door.service.js';
import type { IncomingDelivery } from '../deliveries/intake.service.js';
import { Jiras } from '../jira/jiras.service.js';
import type { Caller } from '../security/access.js';
import { notFound, Problem } from '../security/problem.js';
import { type Sample, sampleOf } from './samples.js';
import { Trace } from './trace.js';
import { AS_IT_IS, Trials } from './trials.service.js';

/** Put before the secret, what is signed is wrong whatever the secret is. */
const WRONG_SECRET = 'wrong';

/** "Try it": a call that Jira did not make goes through the door and the decision of a connection, and leaves nothing behind. */
@Injectable()
export class TriedEvents {
  constructor(
    private readonly connections: Connections,
    private readonly links: Links,
    private readonly secrets: WebhookSecrets,
    private readonly jiras: Jiras,
    private readonly frontDoor: FrontDoor,
    private readonly trials: Trials,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Throws the problem that names what is missing in the wish; everything else is told in words. */
  async run(caller: Caller, connectionId: string, wish: TryEvent): Promise<TriedEvent> {
    const connection = await this.connections.byId(connectionId);
    if (!connection || !(caller.isAdmin || isOwner(connection, caller))) throw notFound('connection');
    const readBack = wish.payload === undefined ? 'simulated' : 'real';
    try {
      const sample = wish.payload === undefined ? await this.sampleFor(connection, wish) : null;
      const body = Buffer.from(wish.payload ?? JSON.stringify(sample!.payload));
      const rehearsed = await this.atTheDoor(connection, body, wish.as);
      return { ...(await this.afterTheDoor(rehearsed, connection, body, sample)), door: answerOf(rehearsed), readBack };
    } catch (error) {
      if (error instanceof Problem) throw error;
      return { ...this.trials.unanswered(error, new Trace([], this.clock)), door: null, readBack };
    }
  }

  private async sampleFor(connection: ConnectionEntity, { sample, issueKey, jiraAccountId }: TryEvent): Promise<Sample> {
    const tie = await this.links.ofAccount(connection.id, jiraAccountId!);
    if (!tie) throw wrong('jiraAccountId', 'Nobody is linked on this connection with this Jira account. Choose one of the people who are linked.');
    const issue: JiraIssue | null = await (await this.jiras.clientFor(connection)).getIssue(issueKey!);
    if (!issue) throw wrong('issueKey', 'The service account cannot see this issue. Check the key, and the permissions of the service account in the project.');
    const { triggerMention: token, triggerLabel: label } = this.config;
    const person = { id: tie.link.jiraAccountId, displayName: tie.link.jiraDisplayName, kind: 'person' as const };
    return sampleOf({ kind: sample!, issue, person, token, label, at: this.clock.now() });
  }

  private async atTheDoor(connection: ConnectionEntity, body: Buffer, as: TryEvent['as']): Promise<Rehearsed> {
    const door = await this.secrets.of(connection.id);
    const candidates = door ? [await this.asServed(door)] : [];
    const signature = signatureFor(as, door?.secrets[0]?.secret ?? WRONG_SECRET, body);
    const headers = { 'content-type': 'application/json', ...(signature !== null && { 'x-hub-signature': signature }) };
    return this.frontDoor.rehearse({ candidates: () => Promise.resolve(candidates), readEvent: (payload) => this.jiras.readEvent(connection.product, payload), body, headers });
  }

  /** A product that is switched off is like a pause, as at the real door. */
  private async asServed(door: WebhookDoor): Promise<WebhookDoor> {
    return door.status !== 'active' || (await this.jiras.isServed(door)) ? door : { ...door, status: 'paused' };
  }

  private async afterTheDoor(rehearsed: Rehearsed, connection: ConnectionEntity, body: Buffer, sample: Sample | null): Promise<Trial> {
    if (rehearsed.kind === 'turned_away') return ended('rejected', rehearsed.reason, rehearsed.answer.detail, []);
    const { delivery } = rehearsed;
    if (delivery.outcome !== 'pending') return ended(delivery.outcome, delivery.reason!, delivery.detail ?? '', delivery.trace);
    const trace = new Trace(delivery.trace, this.clock);
    if (sample) trace.note('sample', 'info', 'This is a sample, which is not in Jira. Its own words and its own person count as confirmed; the issue is the real one.');
    return this.trials.run(this.asStored(delivery, body), connection, trace, sample?.seen ?? AS_IT_IS);
  }

  /** The row that a real call would have become. */
  private asStored(delivery: IncomingDelivery, body: Buffer): DeliveryEntity {
    return Object.assign(new DeliveryEntity(), delivery, { id: uuidv7(), body, jobId: null, duplicateOf: null, duplicates: 0, attempts: 0, settledAt: null });
  }
}

function signatureFor(as: TryEvent['as'], secret: string, body: Buffer): string | null {
  if (as === 'unsigned') return null;
  return as === 'signed' ? signatureOf(secret, body) : signatureOf(`${WRONG_SECRET} ${secret}`, body);
}

function answerOf(rehearsed: Rehearsed): NonNullable<TriedEvent['door']> {
  if (rehearsed.kind === 'let_in') return { status: 200, detail: 'The delivery would be let in.' };
  return { status: rehearsed.answer.getStatus(), detail: rehearsed.answer.detail };
}

/** A call that the door itself decides. */
function ended(outcome: Trial['outcome'], reason: NonNullable<Trial['reason']>, detail: string, trace: Trial['trace']): Trial {
  return { outcome, reason, detail, fixHint: REASON_TEXTS[reason].hint || null, trace, comment: null, job: null };
}

function wrong(path: string, message: string): Problem {
  return new Problem(400, 'validation_failed', message, [{ path, message }]);
}
