import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Delivery, type DeliveryDetail, DeliveryQuery, type Page, type ReplayAccepted, Uuid } from '@openhands-jira/contracts';
import { type Caller, CurrentCaller } from '../security/access.js';
import { Deliveries } from './deliveries.service.js';

/** The delivery log over REST. */
@ApiTags('Deliveries')
@Controller('api/v1/deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: Deliveries) {}

  @Get()
  @ApiOperation({ summary: 'Deliveries, newest first' })
  list(@CurrentCaller() caller: Caller, @Query({ schema: DeliveryQuery }) query: DeliveryQuery): Promise<Page<Delivery>> {
    return this.deliveries.list(caller, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One delivery with the trace of its decision' })
  detail(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<DeliveryDetail> {
    return this.deliveries.detail(caller, id);
  }

  @Post(':id/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Decide a stored payload again, as a new delivery' })
  replay(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<ReplayAccepted> {
    return this.deliveries.replay(caller, id);
  }
}
