import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ConnectionTest, DataCenterConfiguration, UpdateDataCenterConfiguration } from '@openhands-jira/contracts';
import { AdminOnly, type Caller, CurrentCaller } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';
import { DataCenterAdministration } from './jira-data-center.administration.js';
import { DataCenterDiagnosis } from './jira-data-center.diagnosis.js';
import { DataCenterTokenEnd } from './jira-data-center.token-end.js';

/** The settings of Jira Data Center, which are the same for the whole installation. */
@ApiTags('Administration')
@AdminOnly()
@Controller('api/v1/admin/jira-data-center')
export class JiraDataCenterAdministrationController {
  constructor(
    private readonly administration: DataCenterAdministration,
    private readonly diagnosis: DataCenterDiagnosis,
    private readonly tokenEnd: DataCenterTokenEnd,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The settings of Jira Data Center' })
  @ApiOkResponse({ standardSchema: DataCenterConfiguration, description: 'Of secrets only whether they are set' })
  @ApiProblems('forbidden')
  view(): Promise<DataCenterConfiguration> {
    return this.administration.view();
  }

  @Put()
  @ApiOperation({ summary: 'Change settings of Jira Data Center; what is absent, and a secret that is empty, stays as it is' })
  @ApiOkResponse({ standardSchema: DataCenterConfiguration, description: 'In force at once' })
  @ApiProblems('validation_failed', 'forbidden', 'managed_by_environment')
  async update(@CurrentCaller() caller: Caller, @Body({ schema: UpdateDataCenterConfiguration }) wanted: UpdateDataCenterConfiguration): Promise<DataCenterConfiguration> {
    const saved = await this.administration.update(caller, wanted);
    this.tokenEnd.readSoon();
    return saved;
  }

  @Post('test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Check the saved settings against the server, one by one' })
  @ApiOkResponse({ standardSchema: ConnectionTest, description: 'What was checked; the list ends where nothing further can be checked' })
  @ApiProblems('forbidden')
  async test(): Promise<ConnectionTest> {
    return { items: await this.diagnosis.run() };
  }
}
