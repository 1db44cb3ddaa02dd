import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ChangeOwner, type KnownPerson, KnownPersonPage, KnownPersonQuery, OwnedConnection, OwnedConnectionPage, type Page, PageQuery, Uuid } from '@openhands-jira/contracts';
import { type HandOver, Ownership } from '../connections/ownership.service.js';
import { AdminOnly, type Caller, CurrentCaller } from '../security/access.js';
import { notFound, Problem } from '../security/problem.js';
import { ApiProblems } from '../security/problem-answers.js';
import { Lookups } from './lookups.service.js';

/** Who looks after which connection, and giving a connection another owner when the former one is gone. */
@ApiTags('Administration')
@AdminOnly()
@Controller('api/v1/admin')
export class OwnersController {
  constructor(
    private readonly lookups: Lookups,
    private readonly ownership: Ownership,
  ) {}

  @Get('connections')
  @ApiOperation({ summary: 'Connections with their owners, newest first' })
  @ApiOkResponse({ standardSchema: OwnedConnectionPage, description: 'Without attempts that somebody began and never proved' })
  @ApiProblems('validation_failed', 'forbidden')
  connections(@Query({ schema: PageQuery }) query: PageQuery): Promise<Page<OwnedConnection>> {
    return this.lookups.connections(query);
  }

  @Get('users')
  @ApiOperation({ summary: 'People who signed in here, newest first; of one connection with `linkedOn`' })
  @ApiOkResponse({ standardSchema: KnownPersonPage, description: 'With their name and e-mail address' })
  @ApiProblems('validation_failed', 'forbidden')
  people(@Query({ schema: KnownPersonQuery }) query: KnownPersonQuery): Promise<Page<KnownPerson>> {
    return this.lookups.people(query);
  }

  @Post('connections/:id/owner')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take a connection over, or hand it over to somebody else' })
  @ApiOkResponse({ standardSchema: OwnedConnection, description: 'It has the new owner; everything else about it is as before' })
  @ApiProblems('validation_failed', 'forbidden', 'not_found', 'conflict')
  async changeOwner(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string, @Body({ schema: ChangeOwner }) { userId }: ChangeOwner): Promise<OwnedConnection> {
    const refusal = refusalOf(await this.ownership.handOver(id, userId, caller));
    if (refusal) throw refusal;
    const connection = await this.lookups.connection(id);
    if (!connection) throw notFound('connection');
    return connection;
  }
}

function refusalOf(outcome: HandOver): Problem | null {
  switch (outcome) {
    case 'handed_over': return null;
    case 'unknown_connection': return notFound('connection');
    case 'unknown_person': return new Problem(400, 'validation_failed', 'Nobody with this id has signed in here.', [{ path: 'userId', message: 'Choose somebody who has signed in here at least once.' }]);
    case 'already_owner': return new Problem(409, 'conflict', 'This person looks after the connection already. Nothing was changed.');
  }
}
