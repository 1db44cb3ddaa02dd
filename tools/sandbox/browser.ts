/**
 * A browser as far as HTTP sees it: it keeps cookies per host and follows redirects like a person who clicks "Allow" everywhere.
 * Stories use it for sign-in and consent; pages themselves are tested in Chromium.
 */

/** An answer with its body read. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The address that answered, after redirects. */
  url: string;
  // Answers of the API in stories: each story knows their shape, and the contract tests check it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json: any;
}

export class Browser {
  private readonly jars = new Map<string, Map<string, string>>();
  private readonly home: string;

  /** `home`: the address of the product; relative paths go there. */
  constructor(home: string) {
    this.home = home;
  }

  /** Opens an address and follows redirects, at most ten. */
  async open(address: string): Promise<Answer> {
    let answer = await this.request('GET', address);
    for (let hops = 0; hops < 10 && answer.status >= 300 && answer.status < 400; hops += 1) {
      answer = await this.request('GET', new URL(answer.headers.get('location') ?? '', answer.url).toString());
    }
    return answer;
  }

  /** One request without following redirects. A browser names its origin on every change. */
  async request(method: string, address: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const url = new URL(address, this.home);
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      headers: {
        ...(this.cookiesFor(url) && { cookie: this.cookiesFor(url) }),
        ...(method !== 'GET' && { origin: new URL(this.home).origin }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    this.keepCookies(url, answer.headers.getSetCookie());
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, url: url.toString(), json: parse(text) };
  }

  get = (address: string): Promise<Answer> => this.request('GET', address);
  post = (address: string, body?: unknown): Promise<Answer> => this.request('POST', address, body);
  put = (address: string, body: unknown): Promise<Answer> => this.request('PUT', address, body);
  patch = (address: string, body: unknown): Promise<Answer> => this.request('PATCH', address, body);
  delete = (address: string): Promise<Answer> => this.request('DELETE', address);

  /** The value of a cookie of the product, to try what a thief could do with it. */
  cookie(name: string): string | undefined {
    return this.jars.get(new URL(this.home).host)?.get(name);
  }

  setCookie(name: string, value: string): void {
    this.jarOf(new URL(this.home).host).set(name, value);
  }

  private cookiesFor(url: URL): string {
    return [...this.jarOf(url.host)].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  private keepCookies(url: URL, cookies: string[]): void {
    for (const cookie of cookies) {
      const [pair = '', ...attributes] = cookie.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      const gone = attributes.some((one) => /^\s*max-age=0$/i.test(one) || /^\s*expires=Thu, 01 Jan 1970/i.test(one));
      if (gone) this.jarOf(url.host).delete(name);
      else this.jarOf(url.host).set(name, pair.slice(pair.indexOf('=') + 1));
    }
  }

  private jarOf(host: string): Map<string, string> {
    const jar = this.jars.get(host) ?? new Map<string, string>();
    this.jars.set(host, jar);
    return jar;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
