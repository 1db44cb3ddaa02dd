import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Redirect, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { AuthorizationRedirect, CheckServiceAccount, CreateWorkspace, ServiceAccountCheck, UpdateWorkspace, Uuid, Workspace, WorkspaceCreated } from '@openhands-jira/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { oauthBrowser } from '../auth/cookies.js';
import { AppConfig } from '../config/config.js';
import { type Caller, CurrentCaller, Public, type UserCaller } from '../security/access.js';
import { CurrentUser } from '../security/current-user.js';
import { OAuthFailures } from '../security/oauth-failures.filter.js';
import { type CallbackResult, callbackVisit, returnPage } from '../security/oauth-return.js';
import { CredentialLimit } from '../security/minute-limit.guard.js';
import { Problem } from '../security/problem.js';
import { ApiProblems } from '../security/problem-answers.js';
import { CloudCallback } from './jira-cloud.callback.js';
import { CloudWorkspaces, type Visitor } from './jira-cloud.service.js';

/** Connecting and linking Jira Cloud over REST, and the address that Atlassian sends browsers back to. */
@ApiTags('Jira Cloud')
@Controller()
export class JiraCloudController {
  constructor(
    private readonly workspaces: CloudWorkspaces,
    private readonly callback: CloudCallback,
    private readonly config: AppConfig,
  ) {}

  @Get('api/v1/jira-cloud/workspaces/:workspace')
  @ApiOperation({ summary: 'Look up an active workspace by host, address or bare name' })
  @ApiParam({ name: 'workspace', description: 'Host, address or bare name' })
  @ApiOkResponse({ standardSchema: Workspace, description: 'It is active' })
  @ApiProblems('validation_failed', 'not_found', 'product_disabled')
  find(@CurrentCaller() caller: Caller, @Param('workspace') site: string): Promise<Workspace> {
    this.needProduct();
    return this.workspaces.find(caller.userId, site);
  }

  @Post('api/v1/jira-cloud/service-account-checks')
  @HttpCode(200)
  @UseGuards(CredentialLimit)
  @ApiOperation({ summary: 'Try a service account on a workspace; nothing is stored' })
  @ApiOkResponse({ standardSchema: ServiceAccountCheck, description: 'What was tried, and what it means for the form' })
  @ApiProblems('validation_failed', 'forbidden', 'conflict', 'product_disabled', 'too_many_requests')
  check(@CurrentUser() caller: UserCaller, @Body({ schema: CheckServiceAccount }) body: CheckServiceAccount): Promise<ServiceAccountCheck> {
    this.needProduct();
    return this.workspaces.check(caller.userId, body);
  }

  @Post('api/v1/jira-cloud/workspaces')
  @HttpCode(200)
  @UseGuards(CredentialLimit)
  @ApiOperation({ summary: 'Connect a workspace; takes effect when the OAuth proof succeeds' })
  @ApiOkResponse({ standardSchema: WorkspaceCreated, description: 'The credentials are good. The consent page comes next' })
  @ApiProblems('validation_failed', 'forbidden', 'conflict', 'product_disabled', 'too_many_requests', 'jira_rejected_credentials', 'jira_missing_permission', 'jira_unreachable', 'jira_unexpected_answer')
  create(@CurrentUser() caller: UserCaller, @Body({ schema: CreateWorkspace }) body: CreateWorkspace, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<WorkspaceCreated> {
    this.needProduct();
    return this.workspaces.create(this.visitor(caller, request, reply), body);
  }

  @Patch('api/v1/jira-cloud/workspaces/:workspace')
  @UseGuards(CredentialLimit)
  @ApiOperation({ summary: 'Change a workspace (its owner only); takes effect when the OAuth proof succeeds' })
  @ApiParam({ name: 'workspace', description: 'Id of the connection', schema: { type: 'string', format: 'uuid' } })
  @ApiOkResponse({ standardSchema: AuthorizationRedirect, description: 'The consent page comes next' })
  @ApiProblems('validation_failed', 'forbidden', 'not_owner', 'not_found', 'product_disabled', 'too_many_requests', 'jira_rejected_credentials', 'jira_missing_permission', 'jira_unreachable', 'jira_unexpected_answer')
  async edit(
    @CurrentUser() caller: UserCaller,
    @Param('workspace', { schema: Uuid }) connectionId: string,
    @Body({ schema: UpdateWorkspace }) body: UpdateWorkspace,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuthorizationRedirect> {
    this.needProduct();
    const { authorizationUrl } = await this.workspaces.edit(this.visitor(caller, request, reply), connectionId, body);
    return { authorizationUrl };
  }

  @Post('api/v1/jira-cloud/workspaces/:workspace/link')
  @HttpCode(200)
  @ApiOperation({ summary: 'Link the own Jira account to an active workspace' })
  @ApiParam({ name: 'workspace', description: 'Host, address or bare name' })
  @ApiOkResponse({ standardSchema: AuthorizationRedirect, description: 'The consent page comes next' })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'product_disabled')
  async link(@CurrentUser() caller: UserCaller, @Param('workspace') site: string, @Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<AuthorizationRedirect> {
    this.needProduct();
    const { authorizationUrl } = await this.workspaces.link(this.visitor(caller, request, reply), site);
    return { authorizationUrl };
  }

  /** Always a redirect to the page: a person never lands on raw JSON. */
  @Public()
  @Get('integration/jira/callback')
  @Redirect()
  @UseFilters(new OAuthFailures('jira-cloud'))
  @ApiOperation({ summary: 'Where Atlassian sends the browser back to' })
  @ApiQuery({ name: 'state', required: false, type: String })
  @ApiQuery({ name: 'code', required: false, type: String })
  @ApiQuery({ name: 'error', required: false, type: String })
  @ApiFoundResponse({ description: 'Always to /settings/integrations/return?product=jira-cloud&result=linked|configured|denied|expired|wrong_site|conflict|failed&code=...' })
  async back(@Query() query: Record<string, unknown>, @Req() request: FastifyRequest, @CurrentCaller() caller?: Caller): Promise<{ url: string; statusCode: number }> {
    const off: CallbackResult = { result: 'failed', code: 'product_disabled' };
    return returnPage('jira-cloud', this.config.jiraCloud ? await this.callback.finish(callbackVisit(request, query, caller)) : off);
  }

  private visitor(caller: UserCaller, request: FastifyRequest, reply: FastifyReply): Visitor {
    return { userId: caller.userId, browser: oauthBrowser(request, reply, this.config.secure) };
  }

  private needProduct(): void {
    if (!this.config.jiraCloud) throw new Problem(404, 'product_disabled', 'Jira Cloud is not set up on this installation. Ask an administrator.');
  }
}
