import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type ApiToken, ApiTokenPage, CreateApiToken, CreatedApiToken, type Page, Uuid } from '@openhands-jira/contracts';
import type { UserCaller } from '../security/access.js';
import { CurrentUser } from '../security/current-user.js';
import { notFound } from '../security/problem.js';
import { ApiProblems } from '../security/problem-answers.js';
import { ApiTokens } from './api-tokens.service.js';

/** Tokens for automation, each of the caller's own. */
@ApiTags('Sign-in')
@Controller('api/v1/me/api-tokens')
export class ApiTokensController {
  constructor(private readonly tokens: ApiTokens) {}

  @Get()
  @ApiOperation({ summary: "The caller's API tokens" })
  @ApiOkResponse({ standardSchema: ApiTokenPage, description: 'Newest first, without the tokens themselves' })
  @ApiProblems('forbidden')
  async list(@CurrentUser() caller: UserCaller): Promise<Page<ApiToken>> {
    return { items: await this.tokens.list(caller.userId), nextCursor: null };
  }

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Make an API token' })
  @ApiCreatedResponse({ standardSchema: CreatedApiToken, description: 'The token, shown this once' })
  @ApiProblems('validation_failed', 'forbidden')
  create(@CurrentUser() caller: UserCaller, @Body({ schema: CreateApiToken }) token: CreateApiToken): Promise<CreatedApiToken> {
    return this.tokens.create(caller.userId, token);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove an API token' })
  @ApiNoContentResponse({ description: 'It no longer works' })
  @ApiProblems('forbidden', 'not_found')
  async remove(@CurrentUser() caller: UserCaller, @Param('id') id: string): Promise<void> {
    const known = Uuid.safeParse(id).success && (await this.tokens.remove(caller.userId, id));
    if (!known) throw notFound('token');
  }
}
