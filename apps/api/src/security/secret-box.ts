import { Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

/** One encryption key: a short id that is written into every sealed text, and 32 bytes. */
export interface EncryptionKey {
  id: string;
  bytes: Buffer;
}

/** Reads `id:base64[,id:base64]`. The form was checked by the configuration. */
export function readEncryptionKeys(entries: string[]): EncryptionKey[] {
  return entries.map((entry) => {
    const [id, base64] = entry.split(':') as [string, string];
    return { id, bytes: Buffer.from(base64, 'base64') };
  });
}

/**
 * Seals secrets for the database: AES-256-GCM with a fresh nonce each time.
 *
 * The text form is `v1.<key id>.<base64url of nonce, tag and ciphertext>`. The first key seals, all keys open, so keys can
 * be rotated. `place` (`table:row id:column`) is authenticated with it: a sealed text copied into another row does not open.
 */
@Injectable()
export class SecretBox {
  /** Node needs five times as long for a cipher when it is given the key as plain bytes. */
  private readonly keys: { id: string; key: KeyObject }[];

  constructor(keys: EncryptionKey[]) {
    this.keys = keys.map(({ id, bytes }) => ({ id, key: createSecretKey(bytes) }));
  }

  /** Id of the key that seals now. */
  get currentKeyId(): string {
    return this.keys[0]!.id;
  }

  /** Encrypts a text for one place in the database. */
  seal(plain: string, place: string): string {
    const { id, key } = this.keys[0]!;
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(Buffer.from(place));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return `v1.${id}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
  }

  /** Decrypts what `seal` made for the same place. Throws when the key is gone or the text was changed or moved. */
  open(sealed: string, place: string): string {
    const [version, keyId, data] = sealed.split('.');
    const key = this.keys.find((one) => one.id === keyId)?.key;
    if (version !== 'v1' || !data) throw new Error('A stored secret has an unknown form.');
    if (!key) throw new Error(`A stored secret was encrypted with the key "${keyId}", which is not among ENCRYPTION_KEYS. Add the key again.`);
    const bytes = Buffer.from(data, 'base64url');
    // Without the length Node takes shorter tags as well, which are easier to guess.
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  }
}
