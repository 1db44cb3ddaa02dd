import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Delivery, DeliveryDetail, DeliveryPage, DeliveryQuery, type Page, PublicDecision, ReplayAccepted, Uuid } from '@openhands-jira/contracts';
import { type Caller, CurrentCaller, Public } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';
import { Deliveries } from './deliveries.service.js';

/** The delivery log over REST. */
@ApiTags('Deliveries')
@Controller('api/v1/deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: Deliveries) {}

  @Get()
  @ApiOperation({ summary: 'Deliveries, newest first' })
  @ApiOkResponse({ standardSchema: DeliveryPage, description: 'Those that the caller may see' })
  @ApiProblems('validation_failed')
  list(@CurrentCaller() caller: Caller, @Query({ schema: DeliveryQuery }) query: DeliveryQuery): Promise<Page<Delivery>> {
    return this.deliveries.list(caller, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One delivery with the trace of its decision' })
  @ApiOkResponse({ standardSchema: DeliveryDetail, description: 'Headers and payload only for the owner of the connection and administrators' })
  @ApiProblems('validation_failed', 'not_found')
  detail(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<DeliveryDetail> {
    return this.deliveries.detail(caller, id);
  }

  @Public()
  @Get(':id/decision')
  @ApiOperation({ summary: 'How a delivery ended and what to do, for anybody who has the link from a comment' })
  @ApiOkResponse({ standardSchema: PublicDecision, description: 'Nothing about people, texts or repositories' })
  @ApiProblems('validation_failed', 'not_found')
  decision(@Param('id', { schema: Uuid }) id: string): Promise<PublicDecision> {
    return this.deliveries.decision(id);
  }

  @Post(':id/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Decide a stored payload again, as a new delivery' })
  @ApiAcceptedResponse({ standardSchema: ReplayAccepted, description: 'The new delivery, which names its origin' })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'payload_gone')
  replay(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<ReplayAccepted> {
    return this.deliveries.replay(caller, id);
  }
}
