import { Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ConnectionHealth, ConnectionTestHistory, Uuid } from '@openhands-jira/contracts';
import { type Caller, CurrentCaller } from '../security/access.js';
import { ConnectionTestLimit } from '../security/minute-limit.guard.js';
import { ApiProblems } from '../security/problem-answers.js';
import { ConnectionTests } from './connection-tests.service.js';

/** Testing a saved connection over REST, the same for every product. */
@ApiTags('Integrations')
@Controller('api/v1/connections')
export class ConnectionTestsController {
  constructor(private readonly tests: ConnectionTests) {}

  @Post(':id/test')
  @HttpCode(200)
  @UseGuards(ConnectionTestLimit)
  @ApiOperation({ summary: 'Test a saved connection (its owner and administrators): its credentials, and what came from Jira' })
  @ApiOkResponse({ standardSchema: ConnectionHealth, description: 'Each check with what to do; nothing is changed but the history of the tests' })
  @ApiProblems('validation_failed', 'not_found', 'too_many_requests')
  async test(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<ConnectionHealth> {
    return { items: await this.tests.run(caller, id) };
  }

  @Get(':id/tests')
  @ApiOperation({ summary: 'What the tests of a connection found (its owner and administrators): the latest one, and each check of the last 30 days' })
  @ApiOkResponse({ standardSchema: ConnectionTestHistory, description: 'Active connections are tested once a day' })
  @ApiProblems('validation_failed', 'not_found')
  history(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<ConnectionTestHistory> {
    return this.tests.history(caller, id);
  }
}
