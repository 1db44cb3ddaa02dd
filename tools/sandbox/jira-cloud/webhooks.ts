/**
 * Delivery of Cloud's admin webhooks (jira-api.md 1.2, 1.3): signed over the exact bytes when the webhook has a secret, up to five
 * retries with the same identifier after 408, 409, 425, 429, 5xx, a connection failure or a timeout, never after another answer.
 * On request: deliveries are held back, released in another order, or sent twice.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';

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

export const MAX_RETRIES = 5;
const RETRIED = new Set([408, 409, 425, 429]);

/** `sha256=` and the lower-case hex HMAC over the raw body, the value of `x-hub-signature`. */
export function sign(secret: string, body: string | Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export class CloudWebhooks {
  readonly options: WebhookOptions;
  readonly webhooks: Webhook[] = [];
  readonly deliveries: WebhookDelivery[] = [];
  #held: WebhookDelivery[] | null = null;
  #copies = 1;
  #cancelRetries = new Set<() => void>();
  #inFlight = 0;
  #abort = new AbortController();
  #waiters: (() => void)[] = [];

  constructor(options: WebhookOptions) {
    this.options = options;
  }

  /** What an administrator does under System > WebHooks. */
  register(webhook: Omit<Webhook, 'id' | 'enabled'>): Webhook {
    const added = { ...webhook, id: this.webhooks.length + 1, enabled: true };
    this.webhooks.push(added);
    return added;
  }

  /** Sends an event to every webhook that asked for it. */
  announce(event: string, issueKey: string | null, payload: unknown): void {
    for (const webhook of this.webhooks.filter((one) => one.enabled && one.events.includes(event))) {
      this.send(webhook, { event, issueKey, body: JSON.stringify(payload) });
    }
  }

  /** Sends exactly these bytes through a webhook: recorded or hand-made deliveries, signed as always. */
  send(webhook: Webhook, message: { event: string; issueKey: string | null; body: string }): WebhookDelivery {
    const delivery: WebhookDelivery = { identifier: randomUUID(), webhookId: webhook.id, ...message, state: 'held', attempts: [] };
    this.deliveries.push(delivery);
    const copies = this.#copies;
    this.#copies = 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#held !== null) this.#held.push(delivery);
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

  /** Settles when no delivery is on its way or waits for a retry; held ones do not count. */
  idle(): Promise<void> {
    if (!this.#busy()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  close(): void {
    this.#abort.abort();
    for (const cancel of this.#cancelRetries) cancel();
    this.#cancelRetries.clear();
  }

  #busy(): boolean {
    return this.#inFlight > 0 || this.#cancelRetries.size > 0;
  }

  async #attempt(delivery: WebhookDelivery, retry: number): Promise<void> {
    const webhook = this.webhooks.find((one) => one.id === delivery.webhookId);
    if (webhook === undefined || this.#abort.signal.aborted) return;
    delivery.state = 'sending';
    this.#inFlight += 1;
    const attempt = await this.#post(webhook, delivery, retry);
    this.#inFlight -= 1;
    delivery.attempts.push(attempt);
    if (attempt.status !== null && attempt.status < 300) delivery.state = 'delivered';
    else if (attempt.status !== null && attempt.status < 500 && !RETRIED.has(attempt.status)) delivery.state = 'refused';
    else if (retry >= MAX_RETRIES) delivery.state = 'given_up';
    else this.#retryLater(delivery, retry + 1);
    if (!this.#busy()) for (const done of this.#waiters.splice(0)) done();
  }

  #retryLater(delivery: WebhookDelivery, retry: number): void {
    delivery.state = 'waiting';
    const cancel = this.options.clock.schedule(this.options.retryDelayMs, () => {
      this.#cancelRetries.delete(cancel);
      void this.#attempt(delivery, retry);
    });
    this.#cancelRetries.add(cancel);
  }

  async #post(webhook: Webhook, delivery: WebhookDelivery, retry: number): Promise<DeliveryAttempt> {
    const at = this.options.clock.now();
    const signal = AbortSignal.any([this.#abort.signal, AbortSignal.timeout(this.options.responseTimeoutMs)]);
    try {
      const headers = deliveryHeaders(webhook, delivery, retry);
      const answer = await fetch(webhook.url, { method: 'POST', headers, body: delivery.body, redirect: 'manual', signal });
      return { at, status: answer.status, answer: (await answer.text()).slice(0, 300) };
    } catch (error) {
      return { at, status: null, answer: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
  }
}

function deliveryHeaders(webhook: Webhook, delivery: WebhookDelivery, retry: number): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=UTF-8',
    'user-agent': 'Atlassian Webhook HTTP Client',
    'x-atlassian-webhook-identifier': delivery.identifier,
    'x-atlassian-webhook-flow': 'Primary',
    'x-atlassian-webhook-trace': delivery.identifier.replaceAll('-', ''),
  };
  if (retry > 0) headers['x-atlassian-webhook-retry'] = String(retry);
  if (webhook.secret !== null) headers['x-hub-signature'] = sign(webhook.secret, delivery.body);
  return headers;
}
