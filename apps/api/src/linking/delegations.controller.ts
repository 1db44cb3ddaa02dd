import { Body, Controller, Delete, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DelegationMade, DelegationState, OpenDelegation, Uuid, WebhookInstructions } from '@openhands-jira/contracts';
import { type Caller, CurrentCaller, Public } from '../security/access.js';
import { DelegationLimit } from '../security/minute-limit.guard.js';
import { ApiProblems } from '../security/problem-answers.js';
import { WebhookDelegations } from './webhook-delegations.service.js';

/** When somebody else is the Jira administrator: a link for that person, over REST. */
@ApiTags('Integrations')
@Controller('api/v1')
export class DelegationsController {
  constructor(private readonly delegations: WebhookDelegations) {}

  @Post('connections/:id/delegation')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make a link with which a Jira administrator sees, once, how to create the webhook (the owner of the connection); a former link ends' })
  @ApiOkResponse({ standardSchema: DelegationMade, description: 'The link, in this answer only. It counts for seven days' })
  @ApiProblems('validation_failed', 'not_owner', 'not_found', 'conflict')
  make(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<DelegationMade> {
    return this.delegations.make(caller, id);
  }

  @Get('connections/:id/delegation')
  @ApiOperation({ summary: 'How the latest link for a Jira administrator stands (the owner of the connection and administrators)' })
  @ApiOkResponse({ standardSchema: DelegationState, description: 'When it was made, until when it counts, and when it was opened; never the link itself' })
  @ApiProblems('validation_failed', 'not_found')
  async of(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<DelegationState> {
    return { delegation: await this.delegations.of(caller, id) };
  }

  @Delete('connections/:id/delegation')
  @HttpCode(204)
  @ApiOperation({ summary: 'Withdraw the link for a Jira administrator (the owner of the connection and administrators)' })
  @ApiNoContentResponse({ description: 'It opens nothing any more, also when there was none' })
  @ApiProblems('validation_failed', 'not_found')
  withdraw(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<void> {
    return this.delegations.withdraw(caller, id);
  }

  @Public()
  @Post('delegations/open')
  @HttpCode(200)
  @UseGuards(DelegationLimit)
  @ApiOperation({ summary: 'Open the link for a Jira administrator: how to create the webhook, with a new secret. It works once, for whoever has the link' })
  @ApiOkResponse({ standardSchema: WebhookInstructions, description: 'The secret is in this answer only' })
  @ApiProblems('validation_failed', 'not_found', 'too_many_requests')
  open(@Body({ schema: OpenDelegation }) { token }: OpenDelegation): Promise<WebhookInstructions> {
    return this.delegations.open(token);
  }
}
