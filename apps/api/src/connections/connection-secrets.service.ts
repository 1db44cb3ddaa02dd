import { Injectable } from '@nestjs/common';
import { SecretBox } from '../security/secret-box.js';
import type { ConnectionEntity } from './connection.entity.js';

/** Seals and opens the secrets of connections. Each is bound to its row and column: copied elsewhere it does not open. */
@Injectable()
export class ConnectionSecrets {
  constructor(private readonly box: SecretBox) {}

  sealToken(id: string, token: string): string {
    return this.box.seal(token, place(id, 'service_account_token_sealed'));
  }

  sealWebhookSecret(id: string, secret: string): string {
    return this.box.seal(secret, place(id, 'webhook_secret_sealed'));
  }

  sealPreviousSecret(id: string, secret: string): string {
    return this.box.seal(secret, place(id, 'previous_secret_sealed'));
  }

  openToken(row: ConnectionEntity): string | null {
    return this.open(row.serviceAccountTokenSealed, place(row.id, 'service_account_token_sealed'));
  }

  openWebhookSecret(row: ConnectionEntity): string | null {
    return this.open(row.webhookSecretSealed, place(row.id, 'webhook_secret_sealed'));
  }

  openPreviousSecret(row: ConnectionEntity): string | null {
    return this.open(row.previousSecretSealed, place(row.id, 'previous_secret_sealed'));
  }

  /** A row that is new and not stored yet has no secrets either. */
  private open(sealed: string | null | undefined, where: string): string | null {
    return sealed ? this.box.open(sealed, where) : null;
  }
}

function place(id: string, column: string): string {
  return `connections:${id}:${column}`;
}
