import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ConnectionRules, ConnectionRulesView, RulesPreview, Uuid } from '@openhands-jira/contracts';
import { type Caller, CurrentCaller } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';
import { RulesOfConnections } from './rules.service.js';

/** The rules of a connection over REST, for its owner and for administrators. To everybody else there is no such connection. */
@ApiTags('Integrations')
@Controller('api/v1/connections/:id/rules')
export class RulesController {
  constructor(private readonly rules: RulesOfConnections) {}

  @Get()
  @ApiOperation({ summary: 'The rules of a connection (its owner and administrators): projects, default repositories, who may ask' })
  @ApiOkResponse({ standardSchema: ConnectionRulesView, description: 'The defaults, where nobody saved any' })
  @ApiProblems('validation_failed', 'not_found')
  show(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string): Promise<ConnectionRulesView> {
    return this.rules.show(caller, id);
  }

  @Put()
  @ApiOperation({ summary: 'Replace all rules of a connection (its owner and administrators; the apps only its owner)' })
  @ApiOkResponse({ standardSchema: ConnectionRulesView, description: 'As they are kept; they count for what comes in from now on' })
  @ApiProblems('validation_failed', 'forbidden', 'not_found')
  save(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string, @Body({ schema: ConnectionRules }) rules: ConnectionRules): Promise<ConnectionRulesView> {
    return this.rules.save(caller, id, rules);
  }

  @Post('preview')
  @HttpCode(200)
  @ApiOperation({ summary: 'What these rules would have made of the latest deliveries; nothing is saved' })
  @ApiOkResponse({ standardSchema: RulesPreview, description: 'How many more and how many fewer would have started, with examples' })
  @ApiProblems('validation_failed', 'not_found')
  preview(@CurrentCaller() caller: Caller, @Param('id', { schema: Uuid }) id: string, @Body({ schema: ConnectionRules }) rules: ConnectionRules): Promise<RulesPreview> {
    return this.rules.preview(caller, id, rules);
  }
}
