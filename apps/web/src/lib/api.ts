/**
 * The one way to the server. Every answer is read with a schema of the contracts, so that a server that says something
 * else is noticed here and not three components later.
 */
import { ProblemBody, type ProblemCode } from '@openhands-jira/contracts';
import type { z } from 'zod';
import { texts } from '../texts.js';
import { READING, takeEarly } from './early-answers.js';

/** What a request failed with. `offline`: no answer at all. `unreadable_answer`: an answer outside the contract. */
export type FailureCode = ProblemCode | 'offline' | 'unreadable_answer';

/** A request that did not give what was asked for. `message` is written for people. */
export class RequestFailed extends Error {
  constructor(
    readonly status: number,
    readonly code: FailureCode,
    message: string,
    /** Messages that belong to a field of the request's body. */
    readonly fields: { path: string; message: string }[] = [],
  ) {
    super(message);
    this.name = 'RequestFailed';
  }
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
}

/** Asks the server and reads its answer. Throws `RequestFailed`, and nothing else except an abort. */
export async function request<T>(path: string, answer: z.ZodType<T>, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  const read = answer.safeParse(await readJson(response));
  if (!read.success) throw new RequestFailed(response.status, 'unreadable_answer', texts.failures.unreadable);
  return read.data;
}

/** Tells the server something whose answer has no body. */
export async function tell(path: string, options: RequestOptions): Promise<void> {
  await send(path, options);
}

async function send(path: string, { method = 'GET', body, signal }: RequestOptions): Promise<Response> {
  const json = body === undefined ? {} : { headers: { ...READING.headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const early = method === 'GET' ? takeEarly(path) : undefined;
  const response = await (early ?? fetch(path, { ...READING, method, signal: signal ?? null, ...json })).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new RequestFailed(0, 'offline', texts.failures.offline);
  });
  if (!response.ok) throw await readFailure(response);
  return response;
}

/** A proxy in between may answer with a page of its own: then only the status is known. */
async function readFailure(response: Response): Promise<RequestFailed> {
  const problem = ProblemBody.safeParse(await readJson(response));
  if (!problem.success) {
    const away = response.status >= 502 && response.status <= 504;
    return new RequestFailed(response.status, away ? 'offline' : 'unreadable_answer', away ? texts.failures.offline : texts.failures.unreadable);
  }
  const { code, detail, title, errors } = problem.data;
  return new RequestFailed(response.status, code, code === 'unauthenticated' ? texts.failures.signedOut : detail || title, errors);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return null;
  }
}
