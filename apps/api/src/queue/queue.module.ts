import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AppConfig } from '../config/config.js';
import { KeyLeases } from './key-leases.js';
import { QueueConnection } from './queue-connection.js';
import { Queue } from './queue.service.js';
import { QueueWakeUp } from './queue-wake-up.js';

/** Gives every room the queue. */
@Global()
@Module({})
export class QueueModule {
  static with(url: string): DynamicModule {
    return {
      module: QueueModule,
      providers: [
        { provide: QueueConnection, useFactory: (config: AppConfig) => new QueueConnection(url, config.runsWorker), inject: [AppConfig] },
        { provide: QueueWakeUp, useFactory: () => new QueueWakeUp(url) },
        { provide: KeyLeases, useFactory: (db: DataSource) => new KeyLeases(db), inject: [DataSource] },
        Queue,
      ],
      exports: [Queue],
    };
  }
}
