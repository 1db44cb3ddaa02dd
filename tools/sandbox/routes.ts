/**
 * The little HTTP that the stand-ins need: a request with its body at hand, answers as values, and a table of routes.
 * A stand-in is then a table of functions from request to reply, and can be read like the documentation of the API it imitates.
 */
import type { IncomingHttpHeaders } from 'node:http';

export interface SandboxRequest {
  method: string;
  /** Path as sent, percent-encoding kept. */
  path: string;
  query: URLSearchParams;
  /** Named parts of the route, decoded. */
  params: Record<string, string>;
  headers: IncomingHttpHeaders;
  raw: Buffer;
}

export interface Reply {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string;
}

export type Handler = (request: SandboxRequest) => Reply | Promise<Reply>;

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': 'application/json;charset=UTF-8', ...headers }, body: JSON.stringify(value) };
}

export function html(status: number, page: string): Reply {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page };
}

export function text(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

export function redirect(location: string, status = 302): Reply {
  return { status, headers: { location } };
}

export function empty(status: number): Reply {
  return { status };
}

/** The JSON body, or null when it is none. */
export function jsonBody(request: SandboxRequest): unknown {
  try {
    return JSON.parse(request.raw.toString('utf8'));
  } catch {
    return null;
  }
}

/** The JSON body as an object; anything else becomes an empty object. */
export function objectBody(request: SandboxRequest): Record<string, unknown> {
  const body = jsonBody(request);
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
}

/** The fields of a form post. */
export function formBody(request: SandboxRequest): URLSearchParams {
  return new URLSearchParams(request.raw.toString('utf8'));
}

export function isForm(request: SandboxRequest): boolean {
  return (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
}

interface Route {
  method: string;
  pattern: RegExp;
  names: string[];
  handler: Handler;
}

/** Routes in the order of their registration; the first that fits answers. */
export class Routes {
  #routes: Route[] = [];

  /** `:name` stands for one part of the path, `:name+` for the rest of it, slashes included. */
  add(method: string, path: string, handler: Handler): this {
    const names: string[] = [];
    const source = path.replace(/[.()*]/g, '\\$&').replace(/:(\w+)(\+?)/g, (_, name: string, rest: string) => {
      names.push(name);
      return rest === '+' ? '(.+)' : '([^/]+)';
    });
    this.#routes.push({ method, pattern: new RegExp(`^${source}$`), names, handler });
    return this;
  }

  get(path: string, handler: Handler): this {
    return this.add('GET', path, handler);
  }

  post(path: string, handler: Handler): this {
    return this.add('POST', path, handler);
  }

  put(path: string, handler: Handler): this {
    return this.add('PUT', path, handler);
  }

  delete(path: string, handler: Handler): this {
    return this.add('DELETE', path, handler);
  }

  /** The reply of the first route that fits, or null. */
  async answer(request: Omit<SandboxRequest, 'params'>): Promise<Reply | null> {
    for (const route of this.#routes) {
      const match = route.method === request.method ? route.pattern.exec(request.path) : null;
      if (match === null) continue;
      const params = Object.fromEntries(route.names.map((name, index) => [name, decode(match[index + 1] ?? '')]));
      return route.handler({ ...request, params });
    }
    return null;
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
