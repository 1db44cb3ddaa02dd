import { Controller, Delete, HttpCode, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Uuid } from '@openhands-jira/contracts';
import { z } from 'zod';
import { Ties } from '../connections/ties.service.js';
import type { UserCaller } from '../security/access.js';
import { CurrentUser } from '../security/current-user.js';
import { ApiProblems } from '../security/problem-answers.js';
import { CloudUnlinking } from './jira-cloud.unlinking.js';

/** Names one connection when a person has several. */
const UnlinkQuery = z.object({ connectionId: Uuid.optional() });
type UnlinkQuery = z.infer<typeof UnlinkQuery>;

/** The end of a link on Jira Cloud over REST. */
@ApiTags('Jira Cloud')
@Controller('api/v1/jira-cloud/link')
export class JiraCloudLinkController {
  constructor(
    private readonly ties: Ties,
    private readonly unlinking: CloudUnlinking,
  ) {}

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'End the own link; of the owner: end every link and the connection' })
  @ApiNoContentResponse({ description: 'There is no link any more, also when there was none' })
  @ApiProblems('validation_failed', 'forbidden')
  async unlink(@CurrentUser() caller: UserCaller, @Query({ schema: UnlinkQuery }) query: UnlinkQuery): Promise<void> {
    const connectionId = query.connectionId ?? (await this.ties.of('jira-cloud', caller.userId)).connection?.id;
    if (connectionId) await this.unlinking.unlink(caller.userId, connectionId);
  }
}
