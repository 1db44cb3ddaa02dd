/**
 * Delivery of Cloud's admin webhooks (jira-api.md 1.2, 1.3): signed over the exact bytes when the webhook has a secret, up to five
 * retries with the same identifier after 408, 409, 425, 429, 5xx, a connection failure or a timeout, never after another answer.
 */
import { sign, WebhookSender, type Webhook, type WebhookDelivery, type WebhookOptions } from '../webhook-sender.ts';

export { sign } from '../webhook-sender.ts';
export type { DeliveryAttempt, Webhook, WebhookDelivery, WebhookOptions } from '../webhook-sender.ts';

export const MAX_RETRIES = 5;

export class CloudWebhooks extends WebhookSender {
  constructor(options: WebhookOptions) {
    super(options, { maxRetries: MAX_RETRIES, headers: deliveryHeaders });
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
