import type { IncomingHttpHeaders } from 'node:http';

/** What a front door looks at in a request. */
export interface WebhookRequest {
  headers: IncomingHttpHeaders;
  /** The bytes as they came; anything else when there were none. */
  body?: unknown;
}

/** The bytes of a webhook call as they came; the signature is over them. */
export function bodyBytes({ body }: WebhookRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
