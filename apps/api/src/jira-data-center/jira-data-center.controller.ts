import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put, Query, Redirect, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiFoundResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { AskWebhookStatistics, Connection, ConnectionRemoved, DataCenterLinkBegun, RemoveConnection, SetUpWebhook, UpdateConnection, WebhookDetails, WebhookSetUp, WebhookStatistics } from '@openhands-jira/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { oauthBrowser } from '../auth/cookies.js';
import { AppConfig } from '../config/config.js';
import { type Caller, CurrentCaller, Public, type UserCaller } from '../security/access.js';
import { CurrentUser } from '../security/current-user.js';
import { OAuthFailures } from '../security/oauth-failures.filter.js';
import { callbackVisit, returnPage } from '../security/oauth-return.js';
import { CredentialLimit } from '../security/minute-limit.guard.js';
import { ApiProblems } from '../security/problem-answers.js';
import { DataCenterCallback } from './jira-data-center.callback.js';
import { DataCenterLinking, DataCenterUnlinking } from './jira-data-center.service.js';
import { DataCenterTokenEnd } from './jira-data-center.token-end.js';
import { DataCenterWebhook } from './jira-data-center.webhook.service.js';

/** Linking people on Jira Data Center over REST, and the address that Jira sends browsers back to. */
@ApiTags('Jira Data Center')
@Controller()
export class JiraDataCenterController {
  constructor(
    private readonly linking: DataCenterLinking,
    private readonly unlinking: DataCenterUnlinking,
    private readonly callback: DataCenterCallback,
    private readonly config: AppConfig,
  ) {}

  @Post('api/v1/jira-data-center/link')
  @HttpCode(200)
  @UseGuards(CredentialLimit)
  @ApiOperation({ summary: 'Link the own Jira account: by OAuth, or by e-mail address when administrators chose that' })
  @ApiOkResponse({ standardSchema: DataCenterLinkBegun, description: 'With OAuth the consent page comes next; with e-mail matching the link is there' })
  @ApiProblems('forbidden', 'product_disabled', 'conflict', 'too_many_requests', 'email_not_found', 'jira_rejected_credentials', 'jira_missing_permission', 'jira_unreachable', 'jira_unexpected_answer', 'tls_untrusted')
  link(@CurrentUser() caller: UserCaller, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<DataCenterLinkBegun> {
    return this.linking.link({ userId: caller.userId, browser: oauthBrowser(request, reply, this.config.secure) });
  }

  @Delete('api/v1/jira-data-center/link')
  @HttpCode(204)
  @ApiOperation({ summary: 'End the own link' })
  @ApiNoContentResponse({ description: 'There is no link any more, also when there was none' })
  @ApiProblems('forbidden')
  unlink(@CurrentUser() caller: UserCaller): Promise<void> {
    return this.unlinking.unlink(caller.userId);
  }

  /** Always a redirect to the page: a person never lands on raw JSON. */
  @Public()
  @Get('integration/jira-dc/callback')
  @Redirect()
  @UseFilters(new OAuthFailures('jira-data-center'))
  @ApiOperation({ summary: 'Where Jira Data Center sends the browser back to' })
  @ApiQuery({ name: 'state', required: false, type: String })
  @ApiQuery({ name: 'code', required: false, type: String })
  @ApiQuery({ name: 'error', required: false, type: String })
  @ApiFoundResponse({ description: 'Always to /settings/integrations/return?product=jira-data-center&result=linked|denied|expired|wrong_site|conflict|failed&code=...' })
  async back(@Query() query: Record<string, unknown>, @Req() request: FastifyRequest, @CurrentCaller() caller?: Caller): Promise<{ url: string; statusCode: number }> {
    return returnPage('jira-data-center', await this.callback.finish(callbackVisit(request, query, caller)));
  }
}

/** The webhook and the connection of Jira Data Center over REST: one for the whole installation. */
@ApiTags('Jira Data Center')
@Controller('api/v1/jira-data-center')
export class JiraDataCenterConnectionController {
  constructor(
    private readonly webhook: DataCenterWebhook,
    private readonly tokenEnd: DataCenterTokenEnd,
  ) {}

  @Put('webhook')
  @UseGuards(CredentialLimit)
  @ApiOperation({ summary: 'Set the webhook up: automatically with a one-time token of a Jira administrator, or by hand' })
  @ApiOkResponse({ standardSchema: WebhookSetUp, description: 'Installed; or the details to enter in Jira, with the secret in this answer only' })
  @ApiProblems(
    'validation_failed', 'forbidden', 'not_owner', 'product_disabled', 'conflict', 'too_many_requests', 'jira_rejected_credentials', 'jira_missing_permission', 'jira_not_admin', 'webhook_api_missing', 'webhook_not_signed', 'jira_unreachable',
    'jira_unexpected_answer', 'tls_untrusted',
  )
  async setUp(@CurrentCaller() caller: Caller, @Body({ schema: SetUpWebhook }) body: SetUpWebhook): Promise<WebhookSetUp> {
    const setUp = await (body.mode === 'automatic' ? this.webhook.automatic(caller, body.adminToken) : this.webhook.manual(caller));
    this.tokenEnd.readSoon();
    return setUp;
  }

  @Post('webhook/confirmation')
  @HttpCode(200)
  @ApiOperation({ summary: 'Say that the webhook was created in Jira by hand' })
  @ApiOkResponse({ standardSchema: Connection, description: 'The connection is active' })
  @ApiProblems('forbidden', 'not_owner', 'not_found', 'conflict')
  confirm(@CurrentCaller() caller: Caller): Promise<Connection> {
    return this.webhook.confirm(caller);
  }

  @Post('webhook/rotation')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give the webhook a new secret; the former one is accepted for 24 hours' })
  @ApiOkResponse({ standardSchema: WebhookDetails, description: 'The new secret, in this answer only' })
  @ApiProblems('forbidden', 'not_owner', 'not_found', 'conflict')
  rotate(@CurrentCaller() caller: Caller): Promise<WebhookDetails> {
    return this.webhook.rotate(caller);
  }

  @Post('webhook/statistics')
  @HttpCode(200)
  @UseGuards(CredentialLimit)
  @ApiOperation({ summary: 'What Jira itself counted about its calls (owner and administrators), asked for with a one-time token of a Jira administrator' })
  @ApiOkResponse({ standardSchema: WebhookStatistics, description: 'In words, with what to do. The token is not kept' })
  @ApiProblems(
    'validation_failed', 'forbidden', 'not_owner', 'not_found', 'conflict', 'too_many_requests', 'jira_rejected_credentials', 'jira_not_admin', 'webhook_api_missing', 'webhook_not_signed', 'jira_unreachable', 'jira_unexpected_answer', 'tls_untrusted',
  )
  statistics(@CurrentCaller() caller: Caller, @Body({ schema: AskWebhookStatistics }) { adminToken }: AskWebhookStatistics): Promise<WebhookStatistics> {
    return this.webhook.statistics(caller, adminToken);
  }

  @Patch('connection')
  @ApiOperation({ summary: 'Pause or resume' })
  @ApiOkResponse({ standardSchema: Connection, description: 'The connection as it is now' })
  @ApiProblems('validation_failed', 'forbidden', 'not_owner', 'not_found', 'conflict')
  change(@CurrentCaller() caller: Caller, @Body({ schema: UpdateConnection }) body: UpdateConnection): Promise<Connection> {
    return this.webhook.setActive(caller, body.active);
  }

  @Delete('connection')
  @UseGuards(CredentialLimit)
  @ApiOperation({ summary: 'End the connection and every link; with a one-time token of a Jira administrator the webhook in Jira goes, too' })
  @ApiOkResponse({ standardSchema: ConnectionRemoved, description: 'How many links ended, and whether the webhook in Jira is gone' })
  @ApiProblems('validation_failed', 'forbidden', 'not_owner', 'not_found', 'conflict', 'too_many_requests', 'jira_rejected_credentials', 'jira_not_admin', 'webhook_api_missing', 'jira_unreachable', 'jira_unexpected_answer', 'tls_untrusted')
  remove(@CurrentCaller() caller: Caller, @Body({ schema: RemoveConnection }) body?: RemoveConnection): Promise<ConnectionRemoved> {
    return this.webhook.remove(caller, body?.adminToken);
  }
}
