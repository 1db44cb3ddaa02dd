/**
 * Jira's own administration of webhooks, of which each version has one: from 10 on `/rest/jira-webhook/1.0/webhooks`, before
 * `/rest/webhooks/1.0/webhook` (404 on 10). Paths and bodies differ, and only the new one knows a secret. Both need the
 * global right to administer Jira.
 */
import { type Shape, shapeOf, shapesOf, textOf, wordsOf } from '@openhands-jira/domain';
import { Problem } from '../security/problem.js';
import { SIGNED_SINCE } from './jira-data-center.account.js';
import { notAdministrator } from './jira-data-center.problems.js';
import type { DataCenterServer, ServerCall } from './jira-data-center.server.js';

/** A webhook as Jira shows it. Some versions may show the secret: it is read for comparison only, never logged. */
export interface InstalledWebhook {
  id: string;
  name: string;
  url: string;
  events: string[];
  active: boolean;
  excludesBody: boolean;
  secret: string | null;
}

/** A webhook as we want it. */
export interface WantedWebhook {
  name: string;
  url: string;
  events: readonly string[];
  secret: string;
}

/** Calls of a webhook in the time that Jira counts, and the last one that went wrong. */
export interface CountedCalls {
  successes: number;
  /** Answered, but not with 2xx. */
  failures: number;
  /** Not answered. */
  errors: number;
  lastError: { at: Date | null; status: number | null } | null;
}

const PATHS = { signed: '/rest/jira-webhook/1.0/webhooks', unsigned: '/rest/webhooks/1.0/webhook' } as const;

export class WebhookAdministration {
  private readonly path: string;

  /** @param server with the token of a Jira administrator; `major`: first number of its version */
  constructor(
    private readonly server: DataCenterServer,
    major: number,
  ) {
    this.path = major >= SIGNED_SINCE ? PATHS.signed : PATHS.unsigned;
  }

  async list(): Promise<InstalledWebhook[]> {
    const answer = await this.call({ method: 'GET', path: this.path });
    return shapesOf(answer).map(webhookOf).filter((one) => one.id !== '');
  }

  /** Null when there is no such webhook. */
  async read(id: string): Promise<InstalledWebhook | null> {
    return (await this.list()).find((one) => one.id === id) ?? null;
  }

  /** Creates it and gives its id. Only where deliveries are signed. */
  async create(wanted: WantedWebhook): Promise<string> {
    return webhookOf(shapeOf(await this.call({ method: 'POST', path: this.path, body: bodyOf(wanted, null) }))).id;
  }

  async update(id: string, wanted: WantedWebhook): Promise<void> {
    await this.call({ method: 'PUT', path: `${this.path}/${encodeURIComponent(id)}`, body: bodyOf(wanted, Number(id)) });
  }

  /** One that is gone already is fine. */
  async remove(id: string): Promise<void> {
    if (await this.read(id)) await this.call({ method: 'DELETE', path: `${this.path}/${encodeURIComponent(id)}` });
  }

  /** What Jira counted about the calls of a webhook. Only from version 10 on. */
  async statistics(id: string): Promise<CountedCalls> {
    return countsOf(shapeOf(await this.call({ method: 'GET', path: `${this.path}/${encodeURIComponent(id)}/statistics` })));
  }

  /** The token itself was proven before: 401 and 403 mean that its owner is no administrator (versions differ in the number). */
  private async call(call: ServerCall): Promise<unknown> {
    const answer = await this.server.call({ ...call, expect: [401, 403, 404] });
    if (answer.status === 401 || answer.status === 403) throw notAdministrator();
    if (answer.status === 404) throw new Problem(422, 'webhook_api_missing', 'This Jira has no REST API for webhooks at the usual address. Set the webhook up in Jira yourself.');
    return answer.json();
  }
}

/** All values of `configuration` are strings; `filters` and `excludeBody` of the old form would be ignored in silence (JRASERVER-78733). */
function bodyOf({ name, url, events, secret }: WantedWebhook, id: number | null): object {
  return { id, name, url, events, active: true, scopeType: 'global', configuration: { SECRET: secret, EXCLUDE_BODY: 'false' } };
}

function webhookOf(shape: Shape): InstalledWebhook {
  const configuration = shapeOf(shape['configuration']);
  return {
    // The old API tells the id only as the end of the webhook's own address.
    id: textOf(shape, 'id') ?? /\/(\d+)$/.exec(textOf(shape, 'self') ?? '')?.[1] ?? '',
    name: textOf(shape, 'name') ?? '',
    url: textOf(shape, 'url') ?? '',
    events: wordsOf(shape['events']),
    active: (shape['active'] ?? shape['enabled']) !== false,
    excludesBody: textOf(configuration, 'EXCLUDE_BODY') === 'true' || shape['excludeBody'] === true,
    secret: textOf(configuration, 'SECRET'),
  };
}

/** Versions may name more than is known here; what Jira kept of our answers is not read. */
function countsOf(shape: Shape): CountedCalls {
  const counts = shapeOf(shape['counts']);
  const last = shape['lastError'] === null || shape['lastError'] === undefined ? null : shapeOf(shape['lastError']);
  const [successes, failures, errors] = ['successes', 'failures', 'errors'].map((name) => wholeNumber(counts[name]) ?? 0) as [number, number, number];
  return { successes, failures, errors, lastError: last && { at: timeOf(last['at'] ?? last['date']), status: wholeNumber(last['statusCode'] ?? last['status']) } };
}

function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}

/** As milliseconds or as text; anything else tells nothing. */
function timeOf(value: unknown): Date | null {
  const at = typeof value === 'number' || typeof value === 'string' ? new Date(value) : null;
  return at === null || Number.isNaN(at.getTime()) ? null : at;
}
