/**
 * The page on which an OAuth server asks "may this application act for you?". In the sandbox one also chooses who one is. Tests skip
 * the page: `autoConsent` answers for a person at once, `approve` and `deny` turn an authorization URL into the address that the
 * browser would be sent to.
 */
import { escapeHtml, page } from './html.ts';
import type { OAuthServer } from './oauth-server.ts';
import { formBody, html, redirect, type Reply, type SandboxRequest } from './routes.ts';

export interface ConsentPerson {
  id: string;
  name: string;
  detail: string;
}

export interface ConsentOptions {
  server: OAuthServer;
  imitates: string;
  people: () => ConsentPerson[];
  /** Scope when the request names none (Bitbucket: the consumer's). */
  defaultScope?: string;
  /** Why an authorization request is refused at once; null when it is fine. */
  refuse?: (query: URLSearchParams) => string | null;
  /** OAuth error with which the browser is sent back at once, for example `invalid_scope`; null when the person is to be asked. */
  errorFor?: (query: URLSearchParams) => string | null;
}

export class Consent {
  readonly #options: ConsentOptions;
  #auto: { kind: 'approve'; who: string } | { kind: 'deny' } | null = null;

  constructor(options: ConsentOptions) {
    this.#options = options;
  }

  /** Answers every authorization request for this person, without a page; null brings the page back. */
  autoConsent(who: string | null): void {
    this.#auto = who === null ? null : { kind: 'approve', who };
  }

  /** Refuses every authorization request, as a person who presses Deny. */
  autoDeny(): void {
    this.#auto = { kind: 'deny' };
  }

  /** The address that the browser is sent to when `who` presses Allow at this authorization URL. */
  approve(authorizationUrl: string, who: string): string {
    return this.#allowed(new URL(authorizationUrl).searchParams, who);
  }

  /** The address that the browser is sent to when the person presses Deny. */
  deny(authorizationUrl: string): string {
    return this.#denied(new URL(authorizationUrl).searchParams);
  }

  /** `GET /authorize` */
  show(request: SandboxRequest): Reply {
    const problem = this.#problem(request.query);
    if (problem !== null) return html(400, page({ title: 'This request cannot be shown', imitates: this.#options.imitates }, `<p>${escapeHtml(problem)}</p>`));
    const error = this.#options.errorFor?.(request.query) ?? null;
    if (error !== null) return redirect(this.#sentBack(request.query, error));
    if (this.#auto?.kind === 'deny') return redirect(this.#denied(request.query));
    if (this.#auto?.kind === 'approve') return redirect(this.#allowed(request.query, this.#auto.who));
    return html(200, this.#page(request));
  }

  /** The form post of that page. */
  decide(request: SandboxRequest): Reply {
    const form = formBody(request);
    const query = new URLSearchParams(form.get('query') ?? '');
    const who = form.get('who');
    if (this.#problem(query) !== null) return redirect(request.path);
    if (form.get('decision') !== 'allow' || who === null) return redirect(this.#denied(query), 303);
    return redirect(this.#allowed(query, who), 303);
  }

  /** Why this authorization request never reaches a person; the real services show a page of their own too. */
  #problem(query: URLSearchParams): string | null {
    if (!this.#options.server.knowsClient(query.get('client_id'))) return 'client_id is not registered here.';
    if (query.get('response_type') !== null && query.get('response_type') !== 'code') return 'response_type must be code.';
    if (query.get('code_challenge') !== null && query.get('code_challenge_method') !== 'S256') return 'code_challenge_method must be S256.';
    return this.#options.refuse?.(query) ?? null;
  }

  #allowed(query: URLSearchParams, who: string): string {
    if (!this.#options.people().some((person) => person.id === who)) throw new Error(`The sandbox has no person ${who} here`);
    const error = this.#options.errorFor?.(query) ?? null;
    if (error !== null) return this.#sentBack(query, error);
    const redirectUri = query.get('redirect_uri');
    const code = this.#options.server.issueCode({
      subject: who,
      scope: query.get('scope') ?? this.#options.defaultScope ?? '',
      redirectUri,
      codeChallenge: query.get('code_challenge'),
    });
    return withParameters(redirectUri, { code, state: query.get('state') });
  }

  #denied(query: URLSearchParams): string {
    const parameters = { error: 'access_denied', error_description: 'The person did not authorize the request', state: query.get('state') };
    return withParameters(query.get('redirect_uri'), parameters);
  }

  #sentBack(query: URLSearchParams, error: string): string {
    return withParameters(query.get('redirect_uri'), { error, error_description: 'The authorization server refused the request', state: query.get('state') });
  }

  #page(request: SandboxRequest): string {
    const { people, imitates } = this.#options;
    const scope = request.query.get('scope') ?? this.#options.defaultScope ?? 'none named';
    const choices = people()
      .map(
        (person, index) =>
          `<label><input type="radio" name="who" value="${escapeHtml(person.id)}" ${index === 0 ? 'checked' : ''}> <b>${escapeHtml(person.name)}</b> <span class="meta">${escapeHtml(person.detail)}</span></label>`,
      )
      .join('');
    return page(
      { title: 'Allow access?', imitates },
      `<p>An application asks to act for you. It wants: <code>${escapeHtml(scope)}</code></p>
<form method="post"><input type="hidden" name="query" value="${escapeHtml(request.query.toString())}">
<fieldset class="card"><legend>Who are you?</legend>${choices}</fieldset>
<button name="decision" value="allow">Allow</button> <button class="quiet" name="decision" value="deny">Deny</button></form>`,
    );
  }
}

function withParameters(redirectUri: string | null, parameters: Record<string, string | null>): string {
  if (redirectUri === null) throw new Error('The authorization request names no redirect_uri');
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null) url.searchParams.set(name, value);
  }
  return url.toString();
}
