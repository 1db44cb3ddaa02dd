/** A server of a few answers, in the place of `fetch`. What nobody told it is answered with 404. */
export interface Call {
  method: string;
  path: string;
  body: unknown;
}

export type Answer = { status?: number; body?: unknown } | 'offline';

export class FakeServer {
  readonly calls: Call[] = [];
  readonly #answers = new Map<string, Answer>();

  constructor() {
    globalThis.fetch = (input, init) => this.#fetch(String(input), init);
  }

  /** `key` is method and path: `GET /api/v1/me`. A later answer replaces an earlier one. */
  answer(key: string, answer: Answer): this {
    this.#answers.set(key, answer);
    return this;
  }

  /** A failure as the API writes it. */
  refuse(key: string, status: number, code: string, detail: string, errors?: { path: string; message: string }[]): this {
    return this.answer(key, { status, body: { type: 'about:blank', title: 'Refused', status, code, detail, ...(errors && { errors }) } });
  }

  /** Calls of one kind, in their order. */
  callsOf(key: string): Call[] {
    return this.calls.filter(({ method, path }) => `${method} ${path}` === key);
  }

  async #fetch(path: string, init?: RequestInit): Promise<Response> {
    const method = init?.method ?? 'GET';
    this.calls.push({ method, path, body: typeof init?.body === 'string' ? JSON.parse(init.body) : undefined });
    // No server answers before what the page has put off until after the click.
    await new Promise((done) => setTimeout(done));
    const answer = this.#answers.get(`${method} ${path}`) ?? { status: 404, body: { type: 'about:blank', title: 'Not found', status: 404, code: 'not_found', detail: 'There is no such thing.' } };
    if (answer === 'offline') throw new TypeError('fetch failed');
    const { status = 200, body } = answer;
    return { ok: status < 400, status, json: async () => JSON.parse(JSON.stringify(body ?? null)) } as Response;
  }
}
