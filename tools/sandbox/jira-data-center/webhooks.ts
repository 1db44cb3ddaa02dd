/**
 * Delivery of Data Center's webhooks (jira-api.md 3.4): sent once, never repeated, signed from version 10 on when the webhook has a
 * secret. What is lost is lost; only a search finds it again.
 */
import { sign, WebhookSender, type Webhook, type WebhookDelivery, type WebhookOptions } from '../webhook-sender.ts';
import { isTenOrLater, type Behaviour } from './behaviour.ts';

export interface DataCenterWebhook extends Webhook {
  /** The request is sent without a body. */
  excludeBody: boolean;
  /** Only Jira 9 keeps filters here; the sandbox shows them and does not apply them. */
  filters: Record<string, unknown>;
  createdAt: number;
  updatedAt: number;
  updatedByKey: string | null;
}

export type NewWebhook = Omit<Webhook, 'id' | 'enabled'> & Partial<Pick<DataCenterWebhook, 'enabled' | 'excludeBody' | 'filters' | 'updatedByKey'>>;

export interface WebhookStatistics {
  counts: { errors: number; failures: number; successes: number; window: { start: number; duration: number } };
  lastError: { event: string; at: number; statusCode: number | null; message: string } | null;
}

export class DataCenterWebhooks extends WebhookSender<DataCenterWebhook> {
  constructor(options: WebhookOptions, behaviour: Behaviour) {
    super(options, {
      maxRetries: 0,
      headers: (webhook, delivery) => deliveryHeaders(behaviour, webhook, delivery),
      url: (webhook, delivery) => filledUrl(behaviour, webhook.url, delivery),
    });
  }

  override register(webhook: NewWebhook): DataCenterWebhook {
    const now = this.options.clock.now();
    const added = super.register({ excludeBody: false, filters: {}, createdAt: now, updatedAt: now, updatedByKey: null, ...webhook });
    added.enabled = webhook.enabled ?? true;
    return added;
  }

  /** Changes what is named; null when there is no such webhook. */
  change(id: number, fields: Partial<NewWebhook>): DataCenterWebhook | null {
    const webhook = this.webhooks.find((one) => one.id === id);
    if (webhook === undefined) return null;
    return Object.assign(webhook, fields, { updatedAt: this.options.clock.now() });
  }

  remove(id: number): boolean {
    const index = this.webhooks.findIndex((one) => one.id === id);
    if (index >= 0) this.webhooks.splice(index, 1);
    return index >= 0;
  }

  /** What became of a webhook's deliveries. @param event only these */
  statistics(id: number, event: string | null = null): WebhookStatistics {
    const deliveries = this.deliveries.filter((one) => one.webhookId === id && (event === null || one.event === event));
    const attempts = deliveries.flatMap((delivery) => delivery.attempts.map((attempt) => ({ ...attempt, event: delivery.event })));
    const isSuccess = (status: number | null): boolean => status !== null && status < 300;
    const successes = attempts.filter(({ status }) => isSuccess(status)).length;
    const errors = attempts.filter(({ status }) => status === null).length;
    const last = attempts.filter(({ status }) => !isSuccess(status)).at(-1);
    return {
      counts: { errors, failures: attempts.length - successes - errors, successes, window: { start: attempts[0]?.at ?? 0, duration: 86_400_000 } },
      lastError: last === undefined ? null : { event: last.event, at: last.at, statusCode: last.status, message: last.answer },
    };
  }

  protected override bodyFor(webhook: DataCenterWebhook, payload: unknown): string {
    return webhook.excludeBody ? '' : super.bodyFor(webhook, payload);
  }
}

/** `${issue.key}` up to 9, `{issue.key}` from 10 on: an address of the old form reaches nobody after an upgrade. */
function filledUrl(behaviour: Behaviour, url: string, delivery: WebhookDelivery): string {
  return url.replaceAll(isTenOrLater(behaviour) ? '{issue.key}' : '${issue.key}', delivery.issueKey ?? '');
}

function deliveryHeaders(behaviour: Behaviour, webhook: Webhook, delivery: WebhookDelivery): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=UTF-8',
    'user-agent': `Atlassian HttpClient 3.0.4 / JIRA-${behaviour.version} / Default`,
  };
  if (behaviour.sendsIdentifier) headers['x-atlassian-webhook-identifier'] = delivery.identifier;
  if (isTenOrLater(behaviour) && webhook.secret !== null) headers['x-hub-signature'] = sign(webhook.secret, delivery.body);
  return headers;
}
