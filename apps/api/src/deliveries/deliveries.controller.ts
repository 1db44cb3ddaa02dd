import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { BulkReplay, BulkReplayAccepted, type Delivery, DeliveryDetail, DeliveryOverview, DeliveryPage, DeliveryQuery, type Page, PublicDecision, ReplayAccepted, Uuid } from '@openhands-jira/contracts';
import { type Caller, CurrentCaller, Public } from '../security/access.js';
import { ReplayLimit } from '../security/minute-limit.guard.js';
import { ApiProblems } from '../security/problem-answers.js';
import { BulkReplays } from './bulk-replays.service.js';
import { DeliveryLog } from './delivery-log.service.js';
import { DeliveryOverviews } from './delivery-overview.service.js';

/** The delivery log over REST. */
@ApiTags('Deliveries')
@Controller('api/v1/deliveries')
export class DeliveriesController {
  constructor(
    private readonly log: DeliveryLog,
    private readonly overviews: DeliveryOverviews,
    private readonly bulk: BulkReplays,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Deliveries, newest first' })
  @ApiOkResponse({ standardSchema: DeliveryPage, description: 'Those that the caller may see' })
  @ApiProblems('validation_failed')
  list(@CurrentCaller() caller: Caller, @Query({ schema: DeliveryQuery }) query: DeliveryQuery): Promise<Page<Delivery>> {
    return this.log.list(caller, query);
  }

  @Get('overview')
  @ApiOperation({ summary: 'The last 24 hours in numbers, and the connections that deliveries came from' })
  @ApiOkResponse({ standardSchema: DeliveryOverview, description: 'As far as the caller may see it' })
  overview(@CurrentCaller() caller: Caller): Promise<DeliveryOverview> {
    return this.overviews.of(caller);
  }

  @Post('replay')
  @HttpCode(202)
  @UseGuards(ReplayLimit)
  @ApiOperation({ summary: 'Decide many stored payloads again, for example after an outage: at most 100, from the newest back' })
  @ApiAcceptedResponse({ standardSchema: BulkReplayAccepted, description: 'How many are decided again; what led to a job does not start twice' })
  @ApiProblems('validation_failed', 'too_many_requests')
  replayMany(@CurrentCaller() caller: Caller, @Body({ schema: BulkReplay }) wanted: BulkReplay): Promise<BulkReplayAccepted> {
    return this.bulk.run(caller, wanted);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One delivery with the trace of its decision' })
  @ApiOkResponse({ standardSchema: DeliveryDetail, description: 'Headers and payload only for the owner of the connection and administrators' })
  @ApiProblems('validation_failed', 'not_found')
  detail(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<DeliveryDetail> {
    return this.log.detail(caller, id);
  }

  @Public()
  @Get(':id/decision')
  @ApiOperation({ summary: 'How a delivery ended and what to do, for anybody who has the link from a comment' })
  @ApiOkResponse({ standardSchema: PublicDecision, description: 'Nothing about people, texts or repositories' })
  @ApiProblems('validation_failed', 'not_found')
  decision(@Param('id', { schema: Uuid }) id: string): Promise<PublicDecision> {
    return this.log.decision(id);
  }

  @Post(':id/replay')
  @HttpCode(202)
  @UseGuards(ReplayLimit)
  @ApiOperation({ summary: 'Decide a stored payload again, as a new delivery' })
  @ApiAcceptedResponse({ standardSchema: ReplayAccepted, description: 'The new delivery, which names its origin' })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'payload_gone', 'too_many_requests')
  replay(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<ReplayAccepted> {
    return this.log.replay(caller, id);
  }
}
