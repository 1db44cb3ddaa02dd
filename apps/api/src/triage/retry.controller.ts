import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { JobAccepted, Uuid } from '@openhands-jira/contracts';
import type { UserCaller } from '../security/access.js';
import { CurrentUser } from '../security/current-user.js';
import { ApiProblems } from '../security/problem-answers.js';
import { Retries } from './retries.service.js';

/** Running a job again is a decision like the first one, so its route is here and not with the other routes of jobs. */
@ApiTags('Jobs')
@Controller('api/v1/jobs')
export class RetryController {
  constructor(private readonly retries: Retries) {}

  @Post(':id/retry')
  @HttpCode(202)
  @ApiOperation({ summary: 'The same request again, as a new job of the caller' })
  @ApiAcceptedResponse({ standardSchema: JobAccepted, description: 'The new job' })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'not_retryable', 'too_many_requests', 'unavailable')
  retry(@CurrentUser() caller: UserCaller, @Param('id', { schema: Uuid }) id: string): Promise<JobAccepted> {
    return this.retries.retry(caller, id);
  }
}
