import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { WebhookAnswer } from '@openhands-jira/contracts';
import { DeliveryTimes } from '../connections/delivery-times.service.js';
import { SiteCandidates } from '../connections/site-candidates.service.js';
import { WebhookSecrets, type WebhookDoor } from '../connections/webhook-secrets.service.js';
import { Clock } from '../config/clock.js';
import { bodyBytes, type WebhookRequest } from '../deliveries/body-bytes.js';
import { FrontDoor, type WebhookCall } from '../deliveries/front-door.service.js';
import { readPayloadInSlices } from '../deliveries/payload.js';
import { Public } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';
import { readCloudEvent, siteOfPayload } from './jira-cloud.payload.js';

/**
 * The front doors of Jira Cloud. Each connection has its own URL, which we show first; the shared URL of the public guide
 * finds its candidates by the site's host in the payload. On both, the signature decides.
 */
@ApiTags('Webhooks')
@ApiProblems('validation_failed', 'forbidden', 'payload_too_large', 'unsupported_media_type', 'unavailable')
@Public()
@Controller('integration/jira')
export class JiraCloudWebhookController {
  constructor(
    private readonly door: FrontDoor,
    private readonly secrets: WebhookSecrets,
    private readonly sites: SiteCandidates,
    private readonly times: DeliveryTimes,
    private readonly clock: Clock,
  ) {}

  @Post('connections/:connectionId/events')
  @HttpCode(200)
  @ApiOperation({ summary: 'Deliveries of Jira Cloud for one connection' })
  @ApiBody({ schema: { type: 'object', description: 'A Jira webhook payload, signed in the header x-hub-signature.' } })
  @ApiOkResponse({ standardSchema: WebhookAnswer, description: 'Taken, decided at the door, or seen before' })
  async scoped(@Param('connectionId') connectionId: string, @Req() request: WebhookRequest): Promise<WebhookAnswer> {
    return this.receive(() => this.byId(connectionId), request);
  }

  @Post('events')
  @HttpCode(200)
  @ApiOperation({ summary: 'Deliveries of Jira Cloud, one URL for all sites' })
  @ApiBody({ schema: { type: 'object', description: 'A Jira webhook payload, signed in the header x-hub-signature.' } })
  @ApiOkResponse({ standardSchema: WebhookAnswer, description: 'Taken, decided at the door, or seen before' })
  async shared(@Req() request: WebhookRequest): Promise<WebhookAnswer> {
    // Read before the signature is checked, only to find candidates: nothing of it is kept or believed.
    const site = readPayloadInSlices(bodyBytes(request)).then(siteOfPayload);
    return this.receive(async () => this.bySite(await site), request);
  }

  private byId(connectionId: string): WebhookDoor[] | Promise<WebhookDoor[]> {
    const door = this.secrets.of(connectionId.toLowerCase());
    return door instanceof Promise ? door.then(ofCloud) : ofCloud(door);
  }

  private async bySite(site: string | null): Promise<WebhookDoor[]> {
    const ids = site === null ? [] : await this.sites.of('jira-cloud', site);
    const doors = await Promise.all(ids.map((id) => this.secrets.of(id)));
    return doors.filter((door) => door !== null);
  }

  private async receive(candidates: WebhookCall['candidates'], request: WebhookRequest): Promise<WebhookAnswer> {
    const { connectionId, deliveryId, outcome, reason } = await this.door.receive({
      candidates,
      readEvent: readCloudEvent,
      body: bodyBytes(request),
      headers: request.headers,
    });
    this.times.touch(connectionId, this.clock.now());
    return { deliveryId, outcome, reason };
  }
}

/** A connection of Jira Data Center has another door. */
function ofCloud(door: WebhookDoor | null): WebhookDoor[] {
  return door?.product === 'jira-cloud' ? [door] : [];
}
