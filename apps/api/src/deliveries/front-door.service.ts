import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConnectionRules, RejectedReason, TraceStep } from '@openhands-jira/contracts';
import { detectTrigger, type IssueEvent, SLICE_BYTES, type SignatureVerdict, verifySignature, verifySignatureInSlices, type WebhookSecret } from '@openhands-jira/domain';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/config.js';
import { Clock } from '../config/clock.js';
import { traced } from '../config/tracing.js';
import { DOOR_DATABASE } from '../database/door-database.js';
import { Problem } from '../security/problem.js';
import { sha256, sha256InSlices } from '../security/digest.js';
import { DoorTurns, NOBODY } from './door-turns.js';
import { inTime } from './in-time.js';
import { type Accepted, Intake, type IncomingDelivery } from './intake.service.js';
import { readPayloadInSlices } from './payload.js';
import { RejectedCalls } from './rejected-calls.service.js';
import { StoreUnavailable } from './store-unavailable.js';

/** What the front door must know of a connection to let a delivery in. */
export interface DoorConnection {
  id: string;
  status: 'pending' | 'active' | 'paused' | 'inactive';
  /** Secrets that count now; the former one during its overlap is marked `previous`. */
  secrets: WebhookSecret[];
  /** The former secret after its overlap: it opens nothing, but lets us say what is wrong. */
  retiredSecret: string | null;
  /** Ids of the Jira account that we act as. */
  serviceAccountIds: string[];
  rules: ConnectionRules;
}

/** One webhook call. */
export interface WebhookCall {
  /** Finds the connections that the address (or the site named in the body) points at; the signature decides among them. Asked again after a wait. */
  candidates: () => DoorConnection[] | Promise<DoorConnection[]>;
  readEvent: (payload: unknown) => IssueEvent | null;
  body: Buffer;
  headers: Record<string, string | string[] | undefined>;
}

/** What became of a call that was let in. */
export interface LetIn extends Accepted {
  connectionId: string;
}

/** What the door would do with a call. */
export type Rehearsed = { kind: 'turned_away'; answer: Problem; reason: RejectedReason } | { kind: 'let_in'; delivery: IncomingDelivery };

/** A connection that a signature proves, and which of its secrets did. */
interface Proven {
  connection: DoorConnection;
  secret: 'current' | 'previous';
}

/** Jira's ids are numbers of a few digits, so a longer key is not from Jira; it would not fit into an index either. */
const LONGEST_KEY = 255;

/** A question to the database takes a millisecond; when it takes this long, Jira had better come again. */
const LOOK_UP_MS = 1000;

/** Bodies that wait here together. At the shared address they are read before it is known whose they are, so they may be of strangers. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;

/** One for all: it says the same to everybody, and collecting a stack for each would take longer than checking the signature. */
const NOT_ACCEPTED = new Problem(403, 'forbidden', 'The delivery was not accepted. Check that the webhook URL and the secret in Jira are the ones that were shown here.');

/** Headers that are kept with a delivery. Everything else may hold secrets of proxies. */
const KEPT_HEADERS = ['content-type', 'content-length', 'user-agent', 'x-atlassian-webhook-identifier', 'x-atlassian-webhook-flow', 'x-atlassian-webhook-retry', 'x-atlassian-webhook-trace'];

/**
 * The front door for both products: prove the signature over the raw bytes, read the event, judge what can be judged
 * without asking anybody, store, and only then answer.
 *
 * Every refusal to let in has one and the same answer, so that nobody learns which connections exist.
 */
@Injectable()
export class FrontDoor {
  private readonly log = new Logger('deliveries');
  /** Nobody rests here: at the shared address a call joins the line of whom its body names, before anything is proven. */
  private readonly turns = new DoorTurns(() => false);
  private waitingBytes = 0;

  constructor(
    private readonly intake: Intake,
    private readonly rejected: RejectedCalls,
    @Inject(DOOR_DATABASE) private readonly db: DataSource,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Gives the answer for Jira, or throws the `Problem` that Jira gets. */
  receive(call: WebhookCall): Promise<LetIn> {
    return traced('delivery', { kind: 'server' }, async (note) => {
      const letIn = await this.letIn(call);
      note({ 'openhands_jira.connection.id': letIn.connectionId, 'openhands_jira.delivery.id': letIn.deliveryId, 'openhands_jira.outcome': letIn.outcome, 'openhands_jira.reason': letIn.reason ?? '' });
      return letIn;
    });
  }

  private async letIn(call: WebhookCall): Promise<LetIn> {
    const found = await this.find(call);
    // A site with several connections is nobody's either.
    const hasWaited = await this.turnOf(found.length === 1 ? found[0]!.id : NOBODY, call.body.length);
    const proven = await this.prove(call, hasWaited ? await this.find(call) : found);
    const event = await this.read(call, proven.connection.id);
    try {
      return { connectionId: proven.connection.id, ...(await this.intake.accept(await this.taken(call, proven, event))) };
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) this.log.error({ err: error, connectionId: proven.connection.id }, 'A delivery could not be judged');
      throw storeIsAway();
    }
  }

  /** Whether it had to wait for its turn: then its connection may have changed meanwhile. */
  private async turnOf(group: string, bytes: number): Promise<boolean> {
    if (this.waitingBytes + bytes > MOST_WAITING_BYTES) throw storeIsAway();
    const turn = this.turns.of(group);
    if (!turn) return false;
    this.waitingBytes += bytes;
    await turn;
    this.waitingBytes -= bytes;
    return true;
  }

  /** What this door would answer to a call and note of it, for a trial: nothing is stored, and nothing is counted. */
  async rehearse(call: WebhookCall): Promise<Rehearsed> {
    const proof = await proofOf(call, await this.find(call));
    if (!proof.ok) return { kind: 'turned_away', answer: NOT_ACCEPTED, reason: proof.reason };
    const reading = await readCall(call);
    if (!reading.ok) return { kind: 'turned_away', answer: new Problem(400, 'validation_failed', reading.detail), reason: reading.reason };
    return { kind: 'let_in', delivery: await this.taken(call, proof, reading.event) };
  }

  /** The delivery as it is stored. */
  private async taken(call: WebhookCall, proven: Proven, event: IssueEvent): Promise<IncomingDelivery> {
    const bodyHash = isLarge(call) ? await sha256InSlices(call.body) : sha256(call.body);
    return { ...this.describe(call, proven, event), bodyHash, ...(await this.judge(proven.connection, event)) };
  }

  /** Counts a call that never reached a connection, and gives its answer. */
  refuse(call: { headers: WebhookCall['headers']; size: number }, connectionId: string | null, reason: RejectedReason): Problem {
    this.rejected.add({ connectionId, reason, headerNames: Object.keys(call.headers), size: call.size });
    return NOT_ACCEPTED;
  }

  /** Without the database nobody can be let in or turned away: Jira has to come again. */
  private async find(call: WebhookCall): Promise<DoorConnection[]> {
    try {
      const found = call.candidates();
      return found instanceof Promise ? await inTime(found, LOOK_UP_MS) : found;
    } catch (error) {
      this.log.warn({ err: error }, 'The connection of a delivery could not be looked up');
      throw storeIsAway();
    }
  }

  private async prove(call: WebhookCall, candidates: DoorConnection[]): Promise<Proven> {
    const proof = await proofOf(call, candidates);
    if (proof.ok) return proof;
    throw this.refuse({ headers: call.headers, size: call.body.length }, proof.connectionId, proof.reason);
  }

  private async read(call: WebhookCall, connectionId: string): Promise<IssueEvent> {
    const reading = await readCall(call);
    if (reading.ok) return reading.event;
    throw this.unreadable(call, connectionId, reading.reason, reading.detail);
  }

  private unreadable(call: WebhookCall, connectionId: string, reason: RejectedReason, detail: string): Problem {
    this.rejected.add({ connectionId, reason, headerNames: Object.keys(call.headers), size: call.body.length });
    return new Problem(400, 'validation_failed', detail);
  }

  private describe(call: WebhookCall, proven: Proven, event: IssueEvent): Omit<IncomingDelivery, 'bodyHash' | 'outcome' | 'reason' | 'detail' | 'trace' | 'triggerKey'> {
    return {
      connectionId: proven.connection.id,
      origin: 'webhook',
      originDeliveryId: null,
      identifier: headerText(call.headers['x-atlassian-webhook-identifier']),
      body: call.body,
      headers: keptHeaders(call.headers),
      signedWith: proven.secret,
      event: event.name,
      issueId: event.issue?.id ?? null,
      issueKey: event.issue?.key ?? null,
      actorId: event.actor?.id || null,
      actorName: event.actor?.displayName || null,
      receivedAt: this.clock.now(),
    };
  }

  /** The part of the decision that needs nobody else: connection state, kind of event, own voice, trigger or not. */
  private async judge(connection: DoorConnection, event: IssueEvent): Promise<Pick<IncomingDelivery, 'outcome' | 'reason' | 'detail' | 'trace' | 'triggerKey'>> {
    const at = this.clock.now().toISOString();
    const signed: TraceStep = { step: 'signature', result: 'yes', detail: 'The signature over the raw body is right.', at };
    if (connection.status !== 'active') {
      const reason = connection.status === 'paused' ? 'connection_paused' : 'connection_pending';
      const detail = connection.status === 'paused' ? 'The connection is paused.' : 'The connection is not set up completely yet. The webhook itself works.';
      return { outcome: 'ignored', reason, detail, triggerKey: null, trace: [signed, { step: 'connection', result: 'no', detail, at }] };
    }
    const verdict = detectTrigger(event, { token: this.config.triggerMention, label: this.config.triggerLabel, serviceAccountIds: connection.serviceAccountIds, rules: connection.rules });
    const trace = [signed, ...verdict.trace.map((step) => ({ ...step, at }))];
    if (verdict.kind === 'ignored' && (await this.hadItsAnswer(connection.id, event))) {
      const detail = 'This comment had its answer before it was edited.';
      return { outcome: 'ignored', reason: 'comment_already_handled', detail, triggerKey: null, trace: [...trace, { step: 'edit', result: 'no', detail, at }] };
    }
    if (verdict.kind === 'ignored') return { outcome: 'ignored', reason: verdict.reason, detail: verdict.detail, triggerKey: null, trace };
    if (verdict.trigger.key.length > LONGEST_KEY) return { outcome: 'ignored', reason: 'event_not_used', detail: 'The ids in the payload are longer than any of Jira.', triggerKey: null, trace };
    return { outcome: 'pending', reason: null, detail: null, triggerKey: verdict.trigger.key, trace };
  }

  /** An edit that takes the address away from a comment which once had one. Only edits are worth the question. */
  private async hadItsAnswer(connectionId: string, event: IssueEvent): Promise<boolean> {
    if (event.kind !== 'comment_edited' || !event.comment) return false;
    const rows = await inTime(this.db.query<unknown[]>('SELECT 1 FROM triggers WHERE connection_id = $1 AND comment_id = $2 LIMIT 1', [connectionId, event.comment.id]), LOOK_UP_MS);
    return rows.length > 0;
  }
}

/** Whether so much came that others have to be answered while it is looked at. Everything that Jira usually sends is looked at in one go. */
function isLarge({ body }: WebhookCall): boolean {
  return body.length > SLICE_BYTES;
}

/** Which of the connections the signature proves, or why none. */
async function proofOf(call: WebhookCall, candidates: DoorConnection[]): Promise<({ ok: true } & Proven) | { ok: false; connectionId: string | null; reason: RejectedReason }> {
  const known = candidates.filter((one) => one.status !== 'inactive');
  let reason: RejectedReason = 'connection_unknown';
  for (const connection of known) {
    const verdict = await verdictOn(call, connection.secrets);
    if (verdict.ok) return { ok: true, connection, secret: verdict.secret };
    reason = (await isRetired(call, connection)) ? 'signature_secret_retired' : verdict.reason;
  }
  return { ok: false, connectionId: known.length === 1 ? known[0]!.id : null, reason };
}

async function isRetired(call: WebhookCall, connection: DoorConnection): Promise<boolean> {
  if (!connection.retiredSecret) return false;
  return (await verdictOn(call, [{ secret: connection.retiredSecret, state: 'previous' }])).ok;
}

function verdictOn(call: WebhookCall, secrets: WebhookSecret[]): SignatureVerdict | Promise<SignatureVerdict> {
  const signed = { header: call.headers['x-hub-signature'], body: call.body, secrets };
  return isLarge(call) ? verifySignatureInSlices(signed) : verifySignature(signed);
}

/** The event in the body, or what is wrong with the body, for whoever sent it. */
async function readCall({ body, readEvent }: WebhookCall): Promise<{ ok: true; event: IssueEvent } | { ok: false; reason: RejectedReason; detail: string }> {
  if (body.length === 0) return { ok: false, reason: 'body_empty', detail: 'The body is empty. Untick "Exclude body" in the webhook.' };
  const payload = await readPayloadInSlices(body);
  if (!payload) return { ok: false, reason: 'body_unreadable', detail: 'The body is not a JSON object, or has more levels or values than Jira sends. Check which program calls this address; Jira sends an object with a field "webhookEvent".' };
  const event = readEvent(payload);
  return event ? { ok: true, event } : { ok: false, reason: 'body_unreadable', detail: 'The body names no webhook event.' };
}

/** The answer that makes Jira send the delivery again. */
function storeIsAway(): Problem {
  return new Problem(503, 'unavailable', new StoreUnavailable().message, undefined, 30);
}

function headerText(value: string | string[] | undefined): string | null {
  const text = Array.isArray(value) ? value[0] : value;
  return text ? text.slice(0, 255) : null;
}

function keptHeaders(headers: WebhookCall['headers']): Record<string, string> {
  const kept = KEPT_HEADERS.map((name) => [name, headerText(headers[name])] as const).filter(([, value]) => value !== null);
  return Object.fromEntries(kept) as Record<string, string>;
}
