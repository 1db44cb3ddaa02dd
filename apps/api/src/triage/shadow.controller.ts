import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ShadowReport, Uuid } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { Clock } from '../config/clock.js';
import { Connections } from '../connections/connections.service.js';
import { lookedAfter } from '../connections/looked-after.js';
import { type Caller, CurrentCaller } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';
import { shadowReport } from './shadow.js';

const REPORT_MS = 30 * 24 * 3_600_000;

/** What a connection that only watches would have done, over REST. */
@ApiTags('Integrations')
@Controller('api/v1/connections/:id/shadow-report')
export class ShadowController {
  constructor(
    private readonly connections: Connections,
    private readonly db: DataSource,
    private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What a connection in shadow would have done in the last 30 days (its owner and administrators)' })
  @ApiOkResponse({ standardSchema: ShadowReport, description: 'How many requests would have been accepted, and how many refused by reason' })
  @ApiProblems('validation_failed', 'not_found')
  async report(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<ShadowReport> {
    const row = await lookedAfter(this.connections, caller, id);
    return shadowReport(this.db, row.id, new Date(this.clock.now().getTime() - REPORT_MS));
  }
}
