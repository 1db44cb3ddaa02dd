import { Controller, Get, Query, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { IssueQuery, IssueSights } from '@openhands-jira/contracts';
import { type Caller, CurrentCaller } from '../security/access.js';
import { ConnectionTestLimit } from '../security/minute-limit.guard.js';
import { ApiProblems } from '../security/problem-answers.js';
import { IssueSightings } from './issue-sight.service.js';

/** For "why did nothing happen?", when nothing about the issue has come. */
@ApiTags('Deliveries')
@Controller('api/v1/issue-sight')
export class IssueSightController {
  constructor(private readonly sightings: IssueSightings) {}

  @Get()
  @UseGuards(ConnectionTestLimit)
  @ApiOperation({ summary: 'Whether the service accounts of the own connections can see an issue; Jira is asked now' })
  @ApiOkResponse({ standardSchema: IssueSights, description: 'One line for each connection that the caller owns or is linked on' })
  @ApiProblems('validation_failed', 'too_many_requests')
  async list(@CurrentCaller() caller: Caller, @Query({ schema: IssueQuery }) { issueKey }: IssueQuery): Promise<IssueSights> {
    return { items: await this.sightings.of(caller.userId, issueKey.toUpperCase()) };
  }
}
