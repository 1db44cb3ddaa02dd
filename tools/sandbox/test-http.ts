/** Small requests for the sandbox's own tests. */
export interface Answer {
  status: number;
  headers: Headers;
  /** The JSON body; null when it is none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look at answers field by field, a wrong field is a failed test
  body: any;
  text: string;
}

export interface Ask {
  method?: string;
  token?: string;
  basic?: [string, string];
  headers?: Record<string, string>;
  json?: unknown;
  form?: Record<string, string>;
}

/** One request without following redirects. */
export async function ask(url: string, options: Ask = {}): Promise<Answer> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  if (options.basic !== undefined) headers['authorization'] = `Basic ${Buffer.from(options.basic.join(':')).toString('base64')}`;
  if (options.json !== undefined) headers['content-type'] = 'application/json';
  if (options.form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
  const body = options.json !== undefined ? JSON.stringify(options.json) : options.form !== undefined ? new URLSearchParams(options.form).toString() : null;
  const method = options.method ?? (body === null ? 'GET' : 'POST');
  const response = await fetch(url, { method, headers, redirect: 'manual', ...(body === null ? {} : { body }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(text), text };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
