import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Job, JobAccepted, JobDetail, JobPage, JobQuery, type Page, Uuid } from '@openhands-jira/contracts';
import { type Caller, CurrentCaller } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';
import { JobLog } from './job-log.service.js';

/** Jobs over REST. */
@ApiTags('Jobs')
@Controller('api/v1/jobs')
export class JobsController {
  constructor(private readonly log: JobLog) {}

  @Get()
  @ApiOperation({ summary: 'Jobs, newest first' })
  @ApiOkResponse({ standardSchema: JobPage, description: 'Those that the caller may see' })
  @ApiProblems('validation_failed')
  list(@CurrentCaller() caller: Caller, @Query({ schema: JobQuery }) query: JobQuery): Promise<Page<Job>> {
    return this.log.list(caller, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One job with its runs, comments and timeline' })
  @ApiOkResponse({ standardSchema: JobDetail, description: 'The job and its story' })
  @ApiProblems('validation_failed', 'not_found')
  detail(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<JobDetail> {
    return this.log.detail(caller, id);
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @ApiOperation({ summary: 'Stop a job' })
  @ApiAcceptedResponse({ standardSchema: JobAccepted, description: 'The wish was taken; the state of the job tells when it is done' })
  @ApiProblems('validation_failed', 'not_found', 'not_cancellable')
  cancel(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<JobAccepted> {
    return this.log.cancel(caller, id);
  }
}
