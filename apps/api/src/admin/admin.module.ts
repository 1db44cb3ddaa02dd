import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.service.js';

/** What operators of the installation see and do. */
@Module({ controllers: [HealthController, MetricsController], providers: [Metrics] })
export class AdminModule {}
