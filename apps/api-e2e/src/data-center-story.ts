/** What stories on Jira Data Center have in common: the settings, the webhook, linked people, and an issue for each story. */
import type { Answer, Browser } from '../../../tools/sandbox/browser.ts';
import type { Issue, NewIssue } from '../../../tools/sandbox/jira-model.ts';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../../../tools/sandbox/seed.ts';
import { eventually } from '../../../tools/sandbox/waiting.ts';
import type { WebhookDelivery } from '../../../tools/sandbox/webhook-sender.ts';
import { Stage } from './stage.js';
import type { Decided } from './story-issue.js';

export const SETTINGS = '/api/v1/admin/jira-data-center';
export const ROUTES = '/api/v1/jira-data-center';

const OVER = ['succeeded', 'failed', 'cancelled'];

/** A stage on which Jira Data Center is reached over plain HTTP, so its host is allowed by name. */
export function openDataCenterStage(): Promise<Stage> {
  return Stage.open({ OUTBOUND_ALLOWED_HOSTS: 'localhost', TRUSTED_CA_CERTIFICATES: '', JOBS_MAX_RUNNING_PER_USER: '50' });
}

/** Everything that the administrators' page asks for, with OAuth. */
export function completeSettings(stage: Stage): Record<string, string | boolean> {
  return {
    enabled: true, linkMethod: 'oauth', baseUrl: stage.sandbox.urls.jiraDataCenter,
    serviceAccountEmail: CREDENTIALS.dataCenterAccountEmail, serviceAccountPat: CREDENTIALS.dataCenterPat,
    oauthClientId: CREDENTIALS.oauthClientId, oauthClientSecret: CREDENTIALS.oauthClientSecret,
  };
}

/** "Install automatically" with the token of a Jira administrator. */
export function install(browser: Browser, adminToken: string = CREDENTIALS.dataCenterAdminPat): Promise<Answer> {
  return browser.put(`${ROUTES}/webhook`, { mode: 'automatic', adminToken });
}

/** "Connect", and Allow in Jira. Gives how it ended. */
export async function connect(stage: Stage, browser: Browser, who: keyof typeof DATA_CENTER_KEYS): Promise<{ result: string | null; code: string | null }> {
  const { json } = await browser.post(`${ROUTES}/link`);
  const back = await browser.request('GET', stage.sandbox.jiraDataCenter.consent.approve(json.authorizationUrl, DATA_CENTER_KEYS[who]));
  const { searchParams } = new URL(back.headers.get('location') ?? '', stage.url);
  return { result: searchParams.get('result'), code: searchParams.get('code') };
}

/** The card of Jira Data Center as this person sees it. */
export async function cardOf(browser: Browser): Promise<Decided> {
  const { items } = (await browser.get('/api/v1/integrations')).json;
  return items.find((one: { product: string }) => one.product === 'jira-data-center');
}

/** One issue of a story. Of a comment Jira sends one delivery here; the twins have stories of their own. */
export class DataCenterIssue {
  readonly issue: Issue;

  /** @param reader somebody who may see all deliveries and jobs: the administrator */
  constructor(
    private readonly stage: Stage,
    private readonly reader: Browser,
    fields: Partial<NewIssue> = {},
  ) {
    const { store, behaviour } = stage.sandbox.jiraDataCenter;
    behaviour.twins = 'only-comment';
    this.issue = store.addIssue({ projectKey: 'SHOP', summary: 'The total is a cent off', description: 'Repository: Acme/web-app', reporterId: DATA_CENTER_KEYS.ben, ...fields });
  }

  get key(): string {
    return this.issue.key;
  }

  /** Somebody comments, and the delivery of it is decided. */
  ask(who: string, text = '@openhands please fix it'): Promise<Decided> {
    return this.decided(() => this.stage.sandbox.dataCenterActions.comment(this.key, who, text));
  }

  label(who: string, label = 'openhands'): Promise<Decided> {
    return this.decided(() => this.stage.sandbox.dataCenterActions.addLabel(this.key, who, label));
  }

  /** Does something in Jira that sends one delivery; gives the delivery with its trace when it is decided. */
  async decided(act: () => unknown): Promise<Decided> {
    const { status, answer } = await this.attempt(act);
    if (status !== 200) throw new Error(`The delivery was answered with ${status}: ${answer}`);
    return this.settled((JSON.parse(answer) as { deliveryId: string }).deliveryId);
  }

  /** Does something in Jira that sends one delivery; gives what Jira got for an answer. */
  async attempt(act: () => unknown): Promise<WebhookDelivery['attempts'][number]> {
    const { deliveries } = this.stage.sandbox.jiraDataCenter.webhooks;
    const before = deliveries.length;
    act();
    const sent = deliveries[before]!;
    await eventually(() => sent.attempts.length, (count) => count > 0, `the answer to ${sent.event} of ${this.key}`);
    return sent.attempts[0]!;
  }

  /** A delivery with its trace, once it is decided. */
  settled(deliveryId: string): Promise<Decided> {
    return eventually(async () => (await this.reader.get(`/api/v1/deliveries/${deliveryId}`)).json, (one) => one.outcome !== 'pending', `the decision about a delivery of ${this.key}`);
  }

  /** The job once it is over. */
  jobIsOver(jobId: string): Promise<Decided> {
    return eventually(async () => (await this.reader.get(`/api/v1/jobs/${jobId}`)).json, (one) => OVER.includes(one.state), `the job of ${this.key} to be over`);
  }

  /** Our comments, oldest first. */
  comments(): string[] {
    return this.stage.sandbox.dataCenterActions.agentComments(this.key).map((one) => one.text);
  }

  /** Waits until the issue has a comment of ours. */
  async comment(): Promise<string> {
    const texts = await eventually(() => this.comments(), (all) => all.length > 0, `a comment of ours in ${this.key}`);
    return texts[0]!;
  }
}
