import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type AuditEntry, AuditPage, type Page, PageQuery } from '@openhands-jira/contracts';
import { AdminOnly } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';
import { AuditLog } from './audit-log.service.js';

/** What administrators changed. */
@ApiTags('Administration')
@AdminOnly()
@Controller('api/v1/admin/audit')
export class AuditController {
  constructor(private readonly audit: AuditLog) {}

  @Get()
  @ApiOperation({ summary: 'Changes that administrators made, newest first' })
  @ApiOkResponse({ standardSchema: AuditPage, description: 'Who, what and when; of a secret only that it was set or removed' })
  @ApiProblems('validation_failed', 'forbidden')
  list(@Query({ schema: PageQuery }) query: PageQuery): Promise<Page<AuditEntry>> {
    return this.audit.list(query);
  }
}
