/**
 * How a Jira sends its webhooks: to every registered address that asked for the event, held back, shuffled, doubled or late when a
 * test wants that. Cloud and Data Center differ in headers and retries; each says so in its own manner (`DeliveryManner`).
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { SandboxClock } from './clock.ts';

export interface Webhook {
  id: number;
  name: string;
  url: string;
  /** Without a secret there is no signature header. */
  secret: string | null;
  /** For example `comment_created`, `jira:issue_updated`. */
  events: string[];
  enabled: boolean;
}

export interface DeliveryAttempt {
  at: number;
  /** HTTP status, or null when no answer came. */
  status: number | null;
  /** Start of the answer, or what went wrong. */
  answer: string;
}

export interface WebhookDelivery {
  /** `x-atlassian-webhook-identifier` */
  identifier: string;
  webhookId: number;
  event: string;
  issueKey: string | null;
  body: string;
  state: 'held' | 'sending' | 'waiting' | 'delivered' | 'refused' | 'given_up';
  attempts: DeliveryAttempt[];
}

export interface WebhookOptions {
  clock: SandboxClock;
  /** Real Jira waits 5 to 15 minutes; the sandbox does not make anybody wait so long. */
  retryDelayMs: number;
  /** 20 s on Cloud. Real time. */
  responseTimeoutMs: number;
}

/** What one Jira does differently from the other. */
export interface DeliveryManner<W extends Webhook> {
  maxRetries: number;
  /** @param retry number of the repetition, 0 for the first attempt */
  headers(webhook: W, delivery: WebhookDelivery, retry: number): Record<string, string>;
  /** The address of one delivery, when it is not simply the webhook's. */
  url?(webhook: W, delivery: WebhookDelivery): string;
}

const RETRIED = new Set([408, 409, 425, 429]);

/** `sha256=` and the lower-case hex HMAC over the raw body, the value of `x-hub-signature`. */
export function sign(secret: string, body: string | Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export class WebhookSender<W extends Webhook = Webhook> {
  readonly options: WebhookOptions;
  readonly webhooks: W[] = [];
  readonly deliveries: WebhookDelivery[] = [];
  readonly #manner: DeliveryManner<W>;
  #held: WebhookDelivery[] | null = null;
  #copies = 1;
  #lastId = 0;
  #cancelWaits = new Set<() => void>();
  #inFlight = 0;
  #abort = new AbortController();
  #waiters: (() => void)[] = [];

  constructor(options: WebhookOptions, manner: DeliveryManner<W>) {
    this.options = options;
    this.#manner = manner;
  }

  /** What an administrator does under System > WebHooks. */
  register(webhook: Omit<W, 'id' | 'enabled'>): W {
    this.#lastId += 1;
    const added = { ...webhook, id: this.#lastId, enabled: true } as W;
    this.webhooks.push(added);
    return added;
  }

  /** Sends an event to every webhook that asked for it. @param pauseMs real milliseconds until it leaves */
  announce(event: string, issueKey: string | null, payload: unknown, pauseMs = 0): void {
    for (const webhook of this.webhooks.filter((one) => one.enabled && one.events.includes(event))) {
      this.send(webhook, { event, issueKey, body: this.bodyFor(webhook, payload) }, pauseMs);
    }
  }

  /** Sends exactly these bytes through a webhook: recorded or hand-made deliveries, signed as always. */
  send(webhook: W, message: { event: string; issueKey: string | null; body: string }, pauseMs = 0): WebhookDelivery {
    const delivery: WebhookDelivery = { identifier: randomUUID(), webhookId: webhook.id, ...message, state: 'held', attempts: [] };
    this.deliveries.push(delivery);
    const copies = this.#copies;
    this.#copies = 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#held !== null) this.#held.push(delivery);
      else if (pauseMs > 0) this.#pause(delivery, pauseMs);
      else void this.#attempt(delivery, 0);
    }
    return delivery;
  }

  /** The next event is sent this many times, with the same identifier. */
  duplicateNext(copies = 2): void {
    this.#copies = copies;
  }

  /** From now on nothing leaves until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** Lets the held deliveries go one after the other, last one first when shuffled: Jira promises no order. */
  async release(order: 'as-made' | 'shuffled' = 'as-made'): Promise<void> {
    const held = this.#held ?? [];
    this.#held = null;
    for (const delivery of order === 'shuffled' ? held.reverse() : held) await this.#attempt(delivery, 0);
  }

  /** Forgets what is held, as if it had been lost on the way: whoever does not repeat has lost it for good. */
  loseHeld(): void {
    this.#held = null;
  }

  /** Settles when no delivery is on its way or waits for a retry; held ones do not count. */
  idle(): Promise<void> {
    if (!this.#busy()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  close(): void {
    this.#abort.abort();
    for (const cancel of this.#cancelWaits) cancel();
    this.#cancelWaits.clear();
  }

  protected bodyFor(_webhook: W, payload: unknown): string {
    return JSON.stringify(payload);
  }

  #busy(): boolean {
    return this.#inFlight > 0 || this.#cancelWaits.size > 0;
  }

  async #attempt(delivery: WebhookDelivery, retry: number): Promise<void> {
    const webhook = this.webhooks.find((one) => one.id === delivery.webhookId);
    if (webhook !== undefined && !this.#abort.signal.aborted) await this.#deliver(webhook, delivery, retry);
    if (!this.#busy()) for (const done of this.#waiters.splice(0)) done();
  }

  async #deliver(webhook: W, delivery: WebhookDelivery, retry: number): Promise<void> {
    delivery.state = 'sending';
    this.#inFlight += 1;
    const attempt = await this.#post(webhook, delivery, retry);
    this.#inFlight -= 1;
    delivery.attempts.push(attempt);
    if (attempt.status !== null && attempt.status < 300) delivery.state = 'delivered';
    else if (attempt.status !== null && attempt.status < 500 && !RETRIED.has(attempt.status)) delivery.state = 'refused';
    else if (retry >= this.#manner.maxRetries) delivery.state = 'given_up';
    else this.#retryLater(delivery, retry + 1);
  }

  #retryLater(delivery: WebhookDelivery, retry: number): void {
    delivery.state = 'waiting';
    const cancel = this.options.clock.schedule(this.options.retryDelayMs, () => {
      this.#cancelWaits.delete(cancel);
      void this.#attempt(delivery, retry);
    });
    this.#cancelWaits.add(cancel);
  }

  /** Real time, not the clock's: a test that moves its clock by hand would wait for the second of two deliveries for ever. */
  #pause(delivery: WebhookDelivery, ms: number): void {
    delivery.state = 'waiting';
    const cancel = (): void => clearTimeout(timer);
    const timer = setTimeout(() => {
      this.#cancelWaits.delete(cancel);
      void this.#attempt(delivery, 0);
    }, ms);
    this.#cancelWaits.add(cancel);
  }

  async #post(webhook: W, delivery: WebhookDelivery, retry: number): Promise<DeliveryAttempt> {
    const at = this.options.clock.now();
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(this.options.responseTimeoutMs)]);
    try {
      const headers = this.#manner.headers(webhook, delivery, retry);
      const url = this.#manner.url?.(webhook, delivery) ?? webhook.url;
      const answer = await fetch(url, { method: 'POST', headers, body: delivery.body, redirect: 'manual', signal });
      return { at, status: answer.status, answer: (await answer.text()).slice(0, 300) };
    } catch (error) {
      return { at, status: null, answer: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
  }
}
