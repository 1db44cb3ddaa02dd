import type { FastifyRequest } from 'fastify';

/** The bytes of a webhook call as they came; the webhook routes have a body parser that leaves them alone. */
export function bodyBytes(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}
