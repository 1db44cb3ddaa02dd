import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConnectionEntity } from '../connections/connection.entity.js';
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
    const { entities, raw } = await this.db.manager
      .createQueryBuilder(DeliveryEntity, 'delivery')
      .leftJoinAndMapOne('delivery.connection', ConnectionEntity, 'connection', 'connection.id = delivery.connectionId')
      .addSelect(EARLIER_IS_OPEN, 'earlier')
      .where('delivery.id = :deliveryId', { deliveryId })
      .getRawAndEntities<{ earlier: boolean }>();
    const [delivery] = entities as (DeliveryEntity & { connection?: ConnectionEntity | null })[];
    return delivery ? { delivery, connection: delivery.connection ?? null, earlierIsOpen: raw[0]!.earlier } : null;
  }
}

/** One that failed by itself a few times holds up nobody any more: its trouble may be its own. */
const EARLIER_IS_OPEN = `EXISTS (
  SELECT 1 FROM deliveries earlier
  WHERE earlier.connection_id = delivery.connection_id AND earlier.issue_key = delivery.issue_key AND earlier.id < delivery.id
    AND earlier.outcome = 'pending' AND earlier.attempts < 5 AND earlier.trigger_key <> delivery.trigger_key)`;
