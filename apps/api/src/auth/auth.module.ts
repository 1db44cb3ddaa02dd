import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GitProvidersModule } from '../git-providers/git-providers.module.js';
import { AccessGuard } from './access.guard.js';
import { ApiTokenRow } from './api-token.entity.js';
import { ApiTokensController } from './api-tokens.controller.js';
import { ApiTokens } from './api-tokens.service.js';
import { Callers } from './callers.service.js';
import { GitAccounts } from './git-accounts.service.js';
import { Identities } from './identities.service.js';
import { Identity } from './identity.entity.js';
import { IdentityTokens } from './identity-tokens.service.js';
import { MeController } from './me.controller.js';
import { ProviderOAuth } from './provider-oauth.service.js';
import { Sessions } from './sessions.service.js';
import { SignInController } from './sign-in.controller.js';
import { SignIn } from './sign-in.service.js';
import { User } from './user.entity.js';
import { Users } from './users.service.js';

/** People: signing in, sessions, API tokens, git accounts, and the guard of every route. */
@Module({
  imports: [GitProvidersModule, TypeOrmModule.forFeature([User, Identity, ApiTokenRow])],
  controllers: [SignInController, MeController, ApiTokensController],
  providers: [{ provide: APP_GUARD, useClass: AccessGuard }, Callers, Users, Sessions, ApiTokens, GitAccounts, Identities, IdentityTokens, ProviderOAuth, SignIn],
  exports: [Users, GitAccounts],
})
export class AuthModule {}
