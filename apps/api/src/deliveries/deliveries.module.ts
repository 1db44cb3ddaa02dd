import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BulkReplays } from './bulk-replays.service.js';
import { Deliveries } from './deliveries.service.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveryEntity } from './delivery.entity.js';
import { DeliveryLog } from './delivery-log.service.js';
import { DeliveryOverviews } from './delivery-overview.service.js';
import { FrontDoor } from './front-door.service.js';
import { Intake } from './intake.service.js';
import { RejectedCalls } from './rejected-calls.service.js';

/** The inbox: what Jira sent, and what became of it. */
@Module({
  imports: [TypeOrmModule.forFeature([DeliveryEntity])],
  controllers: [DeliveriesController],
  providers: [BulkReplays, Intake, FrontDoor, RejectedCalls, Deliveries, DeliveryLog, DeliveryOverviews],
  exports: [FrontDoor, Intake, Deliveries, DeliveryLog, RejectedCalls],
})
export class DeliveriesModule {}
