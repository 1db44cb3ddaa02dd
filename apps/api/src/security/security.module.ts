import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AppConfig } from '../config/config.js';
import { AuditLog } from './audit-log.service.js';
import { findEncryptionKeys } from './encryption-keys.js';
import { OAuthAttempts } from './oauth-attempts.service.js';
import { ProblemFilter } from './problem.js';
import { SecretBox } from './secret-box.js';

/** Secrets, OAuth attempts, the audit log and the form of errors, for every room. */
@Global()
@Module({
  providers: [
    { provide: SecretBox, useFactory: (config: AppConfig) => new SecretBox(findEncryptionKeys(config)), inject: [AppConfig] },
    { provide: APP_FILTER, useClass: ProblemFilter },
    AuditLog,
    OAuthAttempts,
  ],
  exports: [AuditLog, SecretBox, OAuthAttempts],
})
export class SecurityModule {}
