/**
 * Personal access tokens (jira-api.md 3.3): sent as Bearer, with all rights of their owner, listed by their owner with names and dates
 * but never with the secret.
 */
import { randomBytes } from 'node:crypto';
import type { SandboxClock } from '../clock.ts';
import { jiraError, jiraTime } from '../jira-rest.ts';
import { empty, json, objectBody, type Reply } from '../routes.ts';
import type { Door, KnownCall } from './door.ts';

export interface AccessToken {
  id: number;
  name: string;
  token: string;
  ownerKey: string;
  createdAt: number;
  lastUsedAt: number | null;
  /** Null: never. */
  expiresAt: number | null;
}

const DAY = 24 * 3_600_000;

export class AccessTokens {
  readonly #clock: SandboxClock;
  #tokens: AccessToken[] = [];
  #lastId = 0;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  /** What a person does under Profile > Personal Access Tokens. @param fields `days` until it ends; null: never */
  create(ownerKey: string, fields: { name: string; token?: string; days?: number | null }): AccessToken {
    const createdAt = this.#clock.now();
    const days = fields.days ?? null;
    this.#lastId += 1;
    const token: AccessToken = {
      id: this.#lastId,
      name: fields.name,
      token: fields.token ?? randomBytes(32).toString('base64'),
      ownerKey,
      createdAt,
      lastUsedAt: null,
      expiresAt: days === null ? null : createdAt + days * DAY,
    };
    this.#tokens.push(token);
    return token;
  }

  /** Whose token this is; null when it is unknown, revoked or ended. */
  ownerOf(token: string | null): string | null {
    const found = this.#tokens.find((one) => one.token === token);
    if (found === undefined) return null;
    const now = this.#clock.now();
    if (found.expiresAt !== null && found.expiresAt <= now) return null;
    found.lastUsedAt = now;
    return found.ownerKey;
  }

  of(ownerKey: string): AccessToken[] {
    return this.#tokens.filter((token) => token.ownerKey === ownerKey);
  }

  /** @returns whether this person had such a token */
  revoke(ownerKey: string, id: number): boolean {
    const before = this.#tokens.length;
    this.#tokens = this.#tokens.filter((token) => token.id !== id || token.ownerKey !== ownerKey);
    return this.#tokens.length < before;
  }
}

export function addAccessTokenRoutes(door: Door): void {
  door.known('GET', '/rest/pat/latest/tokens', 'READ', ({ jira, person }) => json(200, jira.accessTokens.of(person.key).map(shape)));
  door.known('POST', '/rest/pat/latest/tokens', 'WRITE', create);
  door.known('DELETE', '/rest/pat/latest/tokens/:id', 'WRITE', ({ jira, person, request }) => {
    const known = jira.accessTokens.revoke(person.key, Number(request.params['id']));
    return known ? empty(204) : jiraError(404, 'The token does not exist.');
  });
}

function create({ jira, person, request }: KnownCall): Reply {
  const { name, expirationDuration } = objectBody(request);
  if (typeof name !== 'string' || name === '') return jiraError(400, '', { name: 'A name is required.' });
  const token = jira.accessTokens.create(person.key, { name, days: typeof expirationDuration === 'number' ? expirationDuration : null });
  return json(201, { ...shape(token), rawToken: token.token });
}

function shape(token: AccessToken): Record<string, unknown> {
  return {
    id: token.id,
    name: token.name,
    createdAt: jiraTime(token.createdAt),
    lastAccessedAt: token.lastUsedAt === null ? null : jiraTime(token.lastUsedAt),
    expiringAt: token.expiresAt === null ? null : jiraTime(token.expiresAt),
  };
}
