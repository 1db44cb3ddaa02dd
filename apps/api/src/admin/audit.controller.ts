import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type AuditEntry, AuditPage, type Page, PageQuery } from '@openhands-jira/contracts';
import { AdminOnly } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';
import { AuditEntries } from './audit-entries.service.js';

/** Who changed what about the set-up. */
@ApiTags('Administration')
@AdminOnly()
@Controller('api/v1/admin/audit')
export class AuditController {
  constructor(private readonly entries: AuditEntries) {}

  @Get()
  @ApiOperation({ summary: 'Changes of settings, certificates and connections, newest first' })
  @ApiOkResponse({ standardSchema: AuditPage, description: 'Who, what and when; of a secret only that it was set or removed' })
  @ApiProblems('validation_failed', 'forbidden')
  list(@Query({ schema: PageQuery }) query: PageQuery): Promise<Page<AuditEntry>> {
    return this.entries.list(query);
  }
}
