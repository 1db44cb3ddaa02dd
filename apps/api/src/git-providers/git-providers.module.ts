import { Module } from '@nestjs/common';
import { GitProviders } from './git-providers.service.js';

/** The configured git providers: sign-in endpoints and the question about write access. */
@Module({ providers: [GitProviders], exports: [GitProviders] })
export class GitProvidersModule {}
