import { Controller, Delete, Get, HttpCode, Param, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Page, PageQuery, type PersonLink, PersonLinkPage, PersonLinkQuery, type UnlinkedAccount, UnlinkedAccountPage, Uuid } from '@openhands-jira/contracts';
import { LinkedPeople } from '../connections/linked-people.service.js';
import { UnlinkedAccounts } from '../connections/unlinked-accounts.service.js';
import { AdminOnly, type Caller, CurrentCaller } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';

const EVERYWHERE = { connectionId: null };

/** Who is linked to which Jira account, and who asked without being linked. */
@ApiTags('Administration')
@AdminOnly()
@Controller('api/v1/admin')
export class LinkedPeopleController {
  constructor(
    private readonly people: LinkedPeople,
    private readonly unlinked: UnlinkedAccounts,
  ) {}

  @Get('links')
  @ApiOperation({ summary: 'People and the Jira accounts that they are linked to, the newest link first' })
  @ApiOkResponse({ standardSchema: PersonLinkPage, description: 'On all connections, without any token' })
  @ApiProblems('validation_failed', 'forbidden')
  list(@Query({ schema: PersonLinkQuery }) query: PersonLinkQuery): Promise<Page<PersonLink>> {
    return this.people.list(EVERYWHERE, query);
  }

  @Delete('links/:id')
  @HttpCode(204)
  @ApiOperation({ summary: 'End the link of a person; the connection stays as it is' })
  @ApiNoContentResponse({ description: 'It has ended, and any token of it is erased' })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  end(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<void> {
    return this.people.end(EVERYWHERE, id, caller);
  }

  @Get('unlinked-accounts')
  @ApiOperation({ summary: 'Jira accounts whose requests were refused because nobody here is linked to them; who asked last comes first' })
  @ApiOkResponse({ standardSchema: UnlinkedAccountPage, description: 'On all connections, without any e-mail address' })
  @ApiProblems('validation_failed', 'forbidden')
  unlinkedAccounts(@Query({ schema: PageQuery }) query: PageQuery): Promise<Page<UnlinkedAccount>> {
    return this.unlinked.list(EVERYWHERE, query);
  }
}
