import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { BeginLoopTest, LatestLoopTest, LoopTest, Uuid } from '@openhands-jira/contracts';
import { type Caller, CurrentCaller } from '../security/access.js';
import { ConnectionTestLimit } from '../security/minute-limit.guard.js';
import { ApiProblems } from '../security/problem-answers.js';
import { LoopTests } from './loop-tests.service.js';

/** The loop test over REST, the same for every product. The test goes on by itself: no request waits for Jira. */
@ApiTags('Integrations')
@Controller('api/v1/connections/:id/loop-test')
export class LoopTestsController {
  constructor(private readonly tests: LoopTests) {}

  @Post()
  @HttpCode(200)
  @UseGuards(ConnectionTestLimit)
  @ApiOperation({ summary: 'Begin a loop test (owner and administrators): a comment is written into an issue, its delivery waited for, and the comment removed' })
  @ApiOkResponse({ standardSchema: LoopTest, description: 'It has begun. Ask for it again to see how it stands' })
  @ApiProblems('validation_failed', 'not_found', 'conflict', 'too_many_requests')
  begin(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string, @Body({ schema: BeginLoopTest }) { issueKey }: BeginLoopTest): Promise<LoopTest> {
    return this.tests.begin(caller, id, issueKey.toUpperCase());
  }

  @Get()
  @ApiOperation({ summary: 'How the latest loop test of a connection stands (owner and administrators)' })
  @ApiOkResponse({ standardSchema: LatestLoopTest, description: 'Null when there was none' })
  @ApiProblems('validation_failed', 'not_found')
  async latest(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<LatestLoopTest> {
    return { latest: await this.tests.latest(caller, id) };
  }
}
