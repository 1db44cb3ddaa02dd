import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Integrations as IntegrationsAnswer } from '@openhands-jira/contracts';
import { type Caller, CurrentCaller } from '../security/access.js';
import { Integrations } from './integrations.service.js';

/** The integrations of the caller over REST. Links begin and end in the room of each product. */
@ApiTags('Integrations')
@Controller('api/v1/integrations')
export class LinkingController {
  constructor(private readonly integrations: Integrations) {}

  @Get()
  @ApiOperation({ summary: 'One integration per product, as the caller sees it' })
  @ApiOkResponse({ standardSchema: IntegrationsAnswer, description: 'Every product that there is, in the order in which people see them' })
  async list(@CurrentCaller() caller: Caller): Promise<IntegrationsAnswer> {
    return { items: await this.integrations.of(caller) };
  }
}
