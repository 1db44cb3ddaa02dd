import { Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';

/** What operators of the installation see and do. */
@Module({ controllers: [HealthController] })
export class AdminModule {}
