import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Page, PageQuery, type PersonLink, PersonLinkPage, PersonLinkQuery, type UnlinkedAccount, UnlinkedAccountPage, Uuid } from '@openhands-jira/contracts';
import { Connections } from '../connections/connections.service.js';
import { LinkedPeople } from '../connections/linked-people.service.js';
import { lookedAfter } from '../connections/looked-after.js';
import { UnlinkedAccounts } from '../connections/unlinked-accounts.service.js';
import { type Caller, CurrentCaller } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';

/** Who is linked on one connection, and who asked there without being linked, for its owner and for administrators. To everybody else there is no such connection. */
@ApiTags('Integrations')
@Controller('api/v1/connections/:id')
export class ConnectionLinksController {
  constructor(
    private readonly connections: Connections,
    private readonly people: LinkedPeople,
    private readonly unlinked: UnlinkedAccounts,
  ) {}

  @Get('links')
  @ApiOperation({ summary: 'People who are linked on a connection (its owner and administrators), the newest link first' })
  @ApiOkResponse({ standardSchema: PersonLinkPage, description: 'Without any token' })
  @ApiProblems('validation_failed', 'not_found')
  async list(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) connectionId: string, @Query({ schema: PersonLinkQuery }) query: PersonLinkQuery): Promise<Page<PersonLink>> {
    await lookedAfter(this.connections, caller, connectionId);
    return this.people.list({ connectionId }, query);
  }

  @Delete('links/:linkId')
  @HttpCode(204)
  @ApiOperation({ summary: 'End the link of a person (owner and administrators); the connection stays as it is' })
  @ApiNoContentResponse({ description: 'It has ended, and any token of it is erased' })
  @ApiProblems('validation_failed', 'not_found')
  async end(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) connectionId: string, @Param('linkId', { schema: Uuid }) linkId: string): Promise<void> {
    await lookedAfter(this.connections, caller, connectionId);
    await this.people.end({ connectionId }, linkId, caller);
  }

  @Get('unlinked-accounts')
  @ApiOperation({ summary: 'Jira accounts whose requests on a connection were refused because nobody here is linked to them (its owner and administrators); who asked last comes first' })
  @ApiOkResponse({ standardSchema: UnlinkedAccountPage, description: 'Without any e-mail address' })
  @ApiProblems('validation_failed', 'not_found')
  async unlinkedAccounts(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) connectionId: string, @Query({ schema: PageQuery }) query: PageQuery): Promise<Page<UnlinkedAccount>> {
    await lookedAfter(this.connections, caller, connectionId);
    return this.unlinked.list({ connectionId }, query);
  }
}
