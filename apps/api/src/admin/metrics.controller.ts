import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { AdminOnly } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';
import { Metrics, METRICS_CONTENT_TYPE } from './metrics.service.js';

/**
 * Figures for Prometheus. Not public like health: they tell how many people ask, and what goes wrong. Prometheus sends
 * the administrator token.
 */
@ApiTags('Operations')
@AdminOnly()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Header('content-type', METRICS_CONTENT_TYPE)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Figures of the installation and of this process, for Prometheus' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ type: String, description: 'The text format of Prometheus' })
  @ApiProblems('forbidden')
  read(): Promise<string> {
    return this.metrics.read();
  }
}
