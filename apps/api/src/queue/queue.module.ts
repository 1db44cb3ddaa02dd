import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AppConfig } from '../config/config.js';
import { Crowd } from './crowd.js';
import { Entries } from './entries.js';
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
        { provide: Entries, useFactory: (connection: QueueConnection) => new Entries(connection), inject: [QueueConnection] },
        { provide: Crowd, useFactory: () => new Crowd() },
        Queue,
      ],
      exports: [Queue],
    };
  }
}
