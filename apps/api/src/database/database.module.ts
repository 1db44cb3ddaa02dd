import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source.js';
import { DatabaseTime } from './database-time.js';
import { DOOR_DATABASE, openDoorDatabase } from './door-database.js';

/** The connections to PostgreSQL. Rooms register their entities with `TypeOrmModule.forFeature`. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  static with(url: string, poolSize?: number): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [TypeOrmModule.forRootAsync({ useFactory: () => ({ ...dataSourceOptions(url, poolSize), autoLoadEntities: true, retryAttempts: 3, retryDelay: 1000 }) })],
      providers: [{ provide: DOOR_DATABASE, useFactory: (main: DataSource) => openDoorDatabase(url, main), inject: [DataSource] }, DatabaseTime],
      exports: [DOOR_DATABASE],
    };
  }

  constructor(@Inject(DOOR_DATABASE) private readonly door: DataSource) {}

  async onApplicationShutdown(): Promise<void> {
    await this.door.destroy();
  }
}
