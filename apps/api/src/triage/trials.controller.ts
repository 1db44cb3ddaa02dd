import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Trial, TriedEvent, TryEvent, Uuid } from '@openhands-jira/contracts';
import { type Caller, CurrentCaller } from '../security/access.js';
import { TrialLimit } from '../security/minute-limit.guard.js';
import { ApiProblems } from '../security/problem-answers.js';
import { TriedEvents } from './tried-events.service.js';
import { Trials } from './trials.service.js';

/** Decisions that are only tried: nothing is written, stored or started. */
@ApiTags('Deliveries')
@Controller('api/v1')
@UseGuards(TrialLimit)
export class TrialsController {
  constructor(
    private readonly trials: Trials,
    private readonly events: TriedEvents,
  ) {}

  @Post('deliveries/:id/dry-run')
  @HttpCode(200)
  @ApiOperation({ summary: 'What would become of a stored payload under today\'s settings (the owner of the connection and administrators); nothing is done' })
  @ApiOkResponse({ standardSchema: Trial, description: 'How it would end, with each step, the comment in both formats and the job' })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'payload_gone', 'too_many_requests')
  dryRun(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<Trial> {
    return this.trials.dryRun(caller, id);
  }

  @Post('connections/:id/try')
  @HttpCode(200)
  @ApiOperation({ summary: 'What a call to the webhook address of a connection would come to (its owner and administrators): a sample or a body, signed or not; nothing is done' })
  @ApiOkResponse({ standardSchema: TriedEvent, description: 'The answer of the door, and what would come of it' })
  @ApiProblems('validation_failed', 'not_found', 'too_many_requests')
  tryEvent(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string, @Body({ schema: TryEvent }) wish: TryEvent): Promise<TriedEvent> {
    return this.events.run(caller, id, wish);
  }
}
