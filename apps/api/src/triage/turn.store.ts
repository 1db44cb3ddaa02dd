import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { connectionAsJson, ConnectionEntity } from '../connections/connection.entity.js';
import { entityOf } from '../database/entity-rows.js';
import { DeliveryEntity } from '../deliveries/delivery.entity.js';

/** A delivery that is to be decided. */
export interface Turn {
  delivery: DeliveryEntity;
  connection: ConnectionEntity | null;
  /** An earlier one about something else in the same issue has to be decided before it. */
  earlierIsOpen: boolean;
}

/** Everything that is stored about a delivery whose turn it is, with one question. */
@Injectable()
export class TurnStore {
  constructor(private readonly db: DataSource) {}

  /** Null when there is no such delivery. */
  async of(deliveryId: string): Promise<Turn | null> {
    const [row] = await this.db.query<{ delivery: object; connection: object | null; earlierIsOpen: boolean }[]>(TURN, [deliveryId]);
    if (!row) return null;
    return { delivery: entityOf(this.db, DeliveryEntity, row.delivery), connection: row.connection && entityOf(this.db, ConnectionEntity, row.connection), earlierIsOpen: row.earlierIsOpen };
  }
}

/** One that failed by itself a few times holds up nobody any more: its trouble may be its own. */
const EARLIER_IS_OPEN = `EXISTS (
  SELECT 1 FROM deliveries earlier
  WHERE earlier.connection_id = delivery.connection_id AND earlier.issue_key = delivery.issue_key AND earlier.id < delivery.id
    AND earlier.outcome = 'pending' AND earlier.attempts < 5 AND earlier.trigger_key <> delivery.trigger_key)`;

const TURN = `
  SELECT to_json(delivery) AS delivery, ${connectionAsJson('connection')} AS connection, ${EARLIER_IS_OPEN} AS "earlierIsOpen"
  FROM deliveries delivery LEFT JOIN connections connection ON connection.id = delivery.connection_id WHERE delivery.id = $1`;
