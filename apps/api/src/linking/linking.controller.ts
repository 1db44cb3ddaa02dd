import { Controller, Delete, Get, HttpCode, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Integrations as IntegrationsAnswer, Uuid } from '@openhands-jira/contracts';
import { z } from 'zod';
import { type Caller, CurrentCaller, type UserCaller } from '../security/access.js';
import { CurrentUser } from '../security/current-user.js';
import { ApiProblems } from '../security/problem-answers.js';
import { Integrations } from './integrations.service.js';
import { Ties } from './ties.service.js';
import { Unlinking } from './unlinking.service.js';

/** Names one connection when a person has several. */
const UnlinkQuery = z.object({ connectionId: Uuid.optional() });
type UnlinkQuery = z.infer<typeof UnlinkQuery>;

/** The integrations of the caller over REST, and the end of a link. */
@ApiTags('Integrations')
@Controller('api/v1')
export class LinkingController {
  constructor(
    private readonly integrations: Integrations,
    private readonly ties: Ties,
    private readonly unlinking: Unlinking,
  ) {}

  @Get('integrations')
  @ApiOperation({ summary: 'One integration per product, as the caller sees it' })
  @ApiOkResponse({ standardSchema: IntegrationsAnswer, description: 'Jira Cloud and Jira Data Center' })
  async list(@CurrentCaller() caller: Caller): Promise<IntegrationsAnswer> {
    return { items: await this.integrations.of(caller) };
  }

  @Delete('jira-cloud/link')
  @HttpCode(204)
  @ApiOperation({ summary: 'End the own link; of the owner: end every link and the connection' })
  @ApiNoContentResponse({ description: 'There is no link any more, also when there was none' })
  @ApiProblems('validation_failed', 'forbidden')
  async unlink(@CurrentUser() caller: UserCaller, @Query({ schema: UnlinkQuery }) query: UnlinkQuery): Promise<void> {
    const connectionId = query.connectionId ?? (await this.ties.of('jira-cloud', caller.userId)).connection?.id;
    if (connectionId) await this.unlinking.unlink(caller.userId, 'jira-cloud', connectionId);
  }
}
