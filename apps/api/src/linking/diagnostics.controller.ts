import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Diagnostics, Uuid } from '@openhands-jira/contracts';
import { Connections } from '../connections/connections.service.js';
import { lookedAfter } from '../connections/looked-after.js';
import { type Caller, CurrentCaller } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';
import { DiagnosticsFile } from './diagnostics.service.js';

/** The diagnostics of a connection over REST, the same for every product. */
@ApiTags('Integrations')
@Controller('api/v1/connections')
export class DiagnosticsController {
  constructor(
    private readonly connections: Connections,
    private readonly diagnostics: DiagnosticsFile,
  ) {}

  @Get(':id/diagnostics')
  @ApiOperation({ summary: 'A description of a connection for a support request (its owner and administrators): versions, times and numbers' })
  @ApiOkResponse({ standardSchema: Diagnostics, description: 'Without secrets, values of settings, names, addresses and words of people' })
  @ApiProblems('validation_failed', 'not_found')
  async of(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<Diagnostics> {
    return this.diagnostics.of(caller, await lookedAfter(this.connections, caller, id));
  }
}
