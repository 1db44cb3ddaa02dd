/** A stored delivery as a new one that names its origin. It has no key of its own: its bytes are repeated on purpose. */
import type { DeliveryEntity } from './delivery.entity.js';
import type { IncomingDelivery } from './intake.service.js';

export function replayOf(origin: DeliveryEntity & { body: Buffer }, now: Date): IncomingDelivery {
  return {
    ...origin,
    origin: 'replay',
    originDeliveryId: origin.id,
    identifier: null,
    bodyHash: null,
    receivedAt: now,
    outcome: 'pending',
    reason: null,
    detail: null,
    trace: [{ step: 'replay', result: 'info', detail: `Run again from delivery ${origin.id}.`, at: now.toISOString() }],
  };
}
