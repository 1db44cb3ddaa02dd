/** What the page asks the server about Jira Data Center. Tokens and secrets pass through and are kept nowhere here. */
import { Connection, ConnectionRemoved, DataCenterLinkBegun, type Link, SetUpWebhook, WebhookDetails, WebhookInstalled, WebhookStatistics } from '@openhands-jira/contracts';
import { request, tell } from '../../lib/api.js';
import { checkWebAddress } from '../../lib/leave.js';

const BASE = '/api/v1/jira-data-center';

/** What became of the wish to be linked: off to the consent page, or linked by e-mail address. */
export type LinkBegun = { next: 'consent'; url: string } | { next: 'linked'; link: Link };

export async function beginLink(): Promise<LinkBegun> {
  const begun = await request(`${BASE}/link`, DataCenterLinkBegun, { method: 'POST' });
  return 'link' in begun ? { next: 'linked', link: begun.link } : { next: 'consent', url: checkWebAddress(begun.authorizationUrl) };
}

export function unlink(): Promise<void> {
  return tell(`${BASE}/link`, { method: 'DELETE' });
}

/** Lets the server put the webhook into Jira. The token is used for this one request. */
export async function installWebhook(adminToken: string): Promise<void> {
  await request(`${BASE}/webhook`, WebhookInstalled, { method: 'PUT', body: SetUpWebhook.parse({ mode: 'automatic', adminToken }) });
}

/** What is to be entered in Jira. The answer holds the secret this once; it must not be cached. */
export function generateDetails(): Promise<WebhookDetails> {
  return request(`${BASE}/webhook`, WebhookDetails, { method: 'PUT', body: { mode: 'manual' } });
}

export async function confirmWebhook(): Promise<void> {
  await request(`${BASE}/webhook/confirmation`, Connection, { method: 'POST' });
}

/** A new secret, in this answer only; it must not be cached. */
export function rotateSecret(): Promise<WebhookDetails> {
  return request(`${BASE}/webhook/rotation`, WebhookDetails, { method: 'POST' });
}

/** Asks Jira what it counted about its calls. The token is used for this one request. */
export function askStatistics(adminToken: string): Promise<WebhookStatistics> {
  return request(`${BASE}/webhook/statistics`, WebhookStatistics, { method: 'POST', body: { adminToken } });
}

/** Pauses or resumes. */
export async function setActive(active: boolean): Promise<void> {
  await request(`${BASE}/connection`, Connection, { method: 'PATCH', body: { active } });
}

/** Ends the connection; with a token of a Jira administrator the webhook in Jira goes, too. */
export function removeConnection(adminToken: string): Promise<ConnectionRemoved> {
  return request(`${BASE}/connection`, ConnectionRemoved, { method: 'DELETE', body: adminToken === '' ? {} : { adminToken } });
}

/** Where Jira Data Center keeps its webhooks. */
export function webhooksPage(siteUrl: string): string {
  return `${siteUrl}/plugins/servlet/webhooks`;
}

/** Where a person makes personal access tokens. */
export function profilePage(siteUrl: string): string {
  return `${siteUrl}/secure/ViewProfile.jspa`;
}
