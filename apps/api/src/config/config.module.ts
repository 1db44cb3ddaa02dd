import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { AppConfig } from './config.js';
import { Figures } from './figures.js';
import { Tracing } from './tracing.js';

/** Gives every room the configuration, the clock, and what is measured in this process. */
@Global()
@Module({})
export class ConfigModule {
  static with(config: AppConfig): DynamicModule {
    return {
      module: ConfigModule,
      providers: [{ provide: AppConfig, useValue: config }, Clock, Figures, Tracing],
      exports: [AppConfig, Clock, Figures],
    };
  }
}
