import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthAnswer } from '@openhands-jira/contracts';
import { DataSource } from 'typeorm';
import { isUpToDate } from '../database/data-source.js';
import { Public } from '../security/access.js';
import { Problem } from '../security/problem.js';
import { ApiProblems } from '../security/problem-answers.js';
import { Farewell } from './farewell.service.js';

/** For load balancers and operators. */
@ApiTags('Operations')
@Controller()
export class HealthController {
  constructor(
    private readonly db: DataSource,
    private readonly farewell: Farewell,
  ) {}

  @Public()
  @Get('healthz')
  @ApiOperation({ summary: 'The process is up' })
  @ApiOkResponse({ standardSchema: HealthAnswer, description: 'It is' })
  health(): HealthAnswer {
    return { status: 'ok' };
  }

  @Public()
  @Get('readyz')
  @ApiOperation({ summary: 'The database answers and its tables are up to date' })
  @ApiOkResponse({ standardSchema: HealthAnswer, description: 'They are' })
  @ApiProblems('unavailable')
  async ready(): Promise<HealthAnswer> {
    if (this.farewell.isLeaving) throw new Problem(503, 'unavailable', 'This process is about to end. Send to another.', undefined, 5);
    const upToDate = await isUpToDate(this.db).catch(() => null);
    if (upToDate === null) throw new Problem(503, 'unavailable', 'The database does not answer.', undefined, 5);
    if (!upToDate) throw new Problem(503, 'unavailable', 'The tables are not up to date yet. Another process may be migrating them.', undefined, 5);
    if (!(await this.takesWrites())) throw new Problem(503, 'unavailable', 'The database takes no writes now. It may be a standby, or have been set to read-only because its disk is full.', undefined, 5);
    return { status: 'ok' };
  }

  private async takesWrites(): Promise<boolean> {
    const rows = await this.db.query<{ writes: boolean }[]>(`SELECT current_setting('transaction_read_only') = 'off' AS writes`).catch(() => []);
    return rows[0]?.writes === true;
  }
}
