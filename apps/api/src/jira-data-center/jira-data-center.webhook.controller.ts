import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { WebhookAnswer } from '@openhands-jira/contracts';
import { Clock } from '../config/clock.js';
import { DeliveryTimes } from '../connections/delivery-times.service.js';
import { WebhookSecrets, type WebhookDoor } from '../connections/webhook-secrets.service.js';
import { bodyBytes, type WebhookRequest } from '../deliveries/body-bytes.js';
import { FrontDoor } from '../deliveries/front-door.service.js';
import { Public } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';
import { readDataCenterEvent } from './jira-data-center.payload.js';
import { DataCenterSetup } from './jira-data-center.setup.js';

/** The front door of Jira Data Center. The signature decides. */
@ApiTags('Webhooks')
@ApiProblems('validation_failed', 'forbidden', 'payload_too_large', 'unsupported_media_type', 'unavailable')
@Public()
@Controller('integration/jira-dc')
export class JiraDataCenterWebhookController {
  constructor(
    private readonly door: FrontDoor,
    private readonly secrets: WebhookSecrets,
    private readonly installed: DataCenterSetup,
    private readonly times: DeliveryTimes,
    private readonly clock: Clock,
  ) {}

  @Post('connections/:connectionId/events')
  @HttpCode(200)
  @ApiOperation({ summary: 'Deliveries of Jira Data Center' })
  @ApiBody({ schema: { type: 'object', description: 'A Jira webhook payload, signed in the header x-hub-signature.' } })
  @ApiOkResponse({ standardSchema: WebhookAnswer, description: 'Taken, decided at the door, or seen before' })
  async receive(@Param('connectionId') connectionId: string, @Req() request: WebhookRequest): Promise<WebhookAnswer> {
    const { connectionId: id, deliveryId, outcome, reason } = await this.door.receive({
      candidates: () => this.candidates(connectionId),
      readEvent: readDataCenterEvent,
      body: bodyBytes(request),
      headers: request.headers,
    });
    this.times.touch(id, this.clock.now());
    return { deliveryId, outcome, reason };
  }

  private async candidates(connectionId: string): Promise<WebhookDoor[]> {
    const door = await this.secrets.of(connectionId.toLowerCase());
    return door?.product === 'jira-data-center' ? [await this.asSwitched(door)] : [];
  }

  /** While administrators have switched the product off, or named another Jira, a delivery is logged as one of a paused connection, not lost unseen. */
  private async asSwitched(door: WebhookDoor): Promise<WebhookDoor> {
    return door.status !== 'active' || (await this.installed.serves(door.site)) ? door : { ...door, status: 'paused' };
  }
}
