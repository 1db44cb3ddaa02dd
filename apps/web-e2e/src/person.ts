/**
 * Somebody with a browser. Whatever the page complains about meanwhile is written down: errors in the console (a breach of the content
 * policy is one), exceptions, calls to strangers, and refusals by the server that the story did not announce.
 */
import { expect, type Browser, type Locator, type Page, type Request, type Response } from '@playwright/test';
import type { Installation } from './installation.js';

/** Refusals that belong to a working page: not signed in yet, and a workspace that nobody has connected. */
const USUAL = ['401 GET /api/v1/me', '404 GET /api/v1/jira-cloud/workspaces/acme.atlassian.net'];

/** The size of window in which most looks are taken. */
export const WINDOW = { width: 1100, height: 900 };

export class Person {
  private readonly complaints: string[] = [];
  private readonly announced = new Set(USUAL);

  private constructor(
    readonly page: Page,
    private readonly installation: Installation,
  ) {}

  /** Opens a browser of their own. Movements are reduced, so that a look never falls into the middle of one. */
  static async arrive(browser: Browser, installation: Installation): Promise<Person> {
    const context = await browser.newContext({ baseURL: installation.url, viewport: WINDOW, reducedMotion: 'reduce', permissions: ['clipboard-read', 'clipboard-write'] });
    const person = new Person(await context.newPage(), installation);
    person.listen();
    return person;
  }

  /** The same, signed in with GitHub, on the list of integrations. */
  static async signedIn(browser: Browser, installation: Installation, login: string): Promise<Person> {
    const person = await Person.arrive(browser, installation);
    await person.page.goto('/settings/integrations');
    await person.signIn(login);
    await expect(person.page.getByRole('heading', { name: 'Integrations', level: 1 })).toBeVisible();
    return person;
  }

  /** From the sign-in page back to the page that was wanted. */
  async signIn(login: string): Promise<void> {
    const { consent } = this.installation.sandbox.github;
    consent.autoConsent(login);
    await this.page.getByRole('link', { name: 'Continue with GitHub' }).click();
    await expect(this.page.getByRole('button', { name: 'Sign out' })).toBeVisible();
    consent.autoConsent(null);
  }

  field(label: string): Locator {
    return this.page.getByRole('textbox', { name: label, exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** The heading of the whole screen. */
  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, level: 1 });
  }

  /** A refusal that this story is about, for example `422 POST /api/v1/jira-cloud/workspaces`. */
  expects(refusal: string): void {
    this.announced.add(refusal);
  }

  /** Fails when the page complained since the last time. */
  expectNoComplaints(): void {
    expect(this.complaints.splice(0)).toEqual([]);
  }

  async leave(): Promise<void> {
    await this.page.context().close();
  }

  private listen(): void {
    this.page.on('pageerror', (error) => this.complaints.push(`exception: ${error.message}`));
    this.page.on('console', (message) => {
      // The browser's own line about a refusal does not say which; the refusal itself is looked at below.
      if (['error', 'warning'].includes(message.type()) && !message.text().startsWith('Failed to load resource')) this.complaints.push(`console: ${message.text()}`);
    });
    this.page.on('response', (response) => this.hear(response));
    this.page.on('request', (request) => this.see(request));
  }

  private hear(response: Response): void {
    const { pathname, origin } = new URL(response.url());
    const refusal = `${response.status()} ${response.request().method()} ${pathname}`;
    if (response.status() >= 400 && origin === this.installation.url && !this.announced.has(refusal)) this.complaints.push(`refused: ${refusal}`);
  }

  private see(request: Request): void {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && !this.installation.origins.includes(origin)) this.complaints.push(`a call to a stranger: ${request.url()}`);
  }
}
