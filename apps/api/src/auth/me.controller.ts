import { Body, Controller, Get, Inject, Optional, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AgentKeyState, Me, SetAgentKey } from '@openhands-jira/contracts';
import { AppConfig } from '../config/config.js';
import type { UserCaller } from '../security/access.js';
import { CurrentUser } from '../security/current-user.js';
import { notFound, Problem } from '../security/problem.js';
import { ApiProblems } from '../security/problem-answers.js';
import { AGENT_KEY_CHECK, type AgentKeyCheck } from './agent-key-check.js';
import { GitAccounts } from './git-accounts.service.js';
import { Users } from './users.service.js';

/** The signed-in person. */
@ApiTags('Sign-in')
@Controller('api/v1/me')
export class MeController {
  constructor(
    private readonly users: Users,
    private readonly accounts: GitAccounts,
    private readonly config: AppConfig,
    @Optional() @Inject(AGENT_KEY_CHECK) private readonly agentKeys?: AgentKeyCheck,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Who am I' })
  @ApiOkResponse({ standardSchema: Me, description: 'The caller, with the git accounts that belong to the caller' })
  @ApiProblems('forbidden')
  async me(@CurrentUser() caller: UserCaller): Promise<Me> {
    const user = await this.users.byId(caller.userId);
    if (!user) throw notFound('user');
    const accounts = await this.accounts.accountsOf(user.id);
    return {
      id: user.id, name: user.name, email: user.email, avatarUrl: user.avatarUrl, isAdmin: caller.isAdmin,
      identities: accounts.map(({ provider, host, login, status: state }) => ({ provider, host, login, state })),
      agent: { apiKeySet: user.agentKeySealed !== null, installationKeySet: this.config.env.OPENHANDS_API_KEY !== undefined },
    };
  }

  @Put('agent')
  @ApiOperation({ summary: "Set or remove the caller's own OpenHands key", description: 'Jobs of this person then run under it instead of under the key of the installation.' })
  @ApiOkResponse({ standardSchema: AgentKeyState, description: 'Whether a key is set now. The key itself is never shown again' })
  @ApiProblems('validation_failed', 'forbidden', 'agent_rejected_key', 'agent_unreachable')
  async setAgentKey(@CurrentUser() caller: UserCaller, @Body({ schema: SetAgentKey }) { apiKey }: SetAgentKey): Promise<AgentKeyState> {
    if (apiKey !== null) await this.checkAgentKey(apiKey);
    await this.users.setAgentKey(caller.userId, apiKey);
    return { apiKeySet: apiKey !== null };
  }

  private async checkAgentKey(apiKey: string): Promise<void> {
    const verdict = await this.agentKeys?.check(apiKey);
    if (verdict === 'rejected') {
      const message = 'OpenHands does not accept this key. Make a new one in OpenHands under Settings, API keys, and paste it again.';
      throw new Problem(422, 'agent_rejected_key', message, [{ path: 'apiKey', message }]);
    }
    if (verdict === 'unreachable') throw new Problem(502, 'agent_unreachable', 'OpenHands could not be asked about this key, so nothing was changed. Try again in a few minutes.');
  }
}
