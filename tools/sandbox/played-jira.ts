/**
 * One Jira as the pages, the control API and `Actions` see it, whichever product it imitates: what it holds, its webhooks, and how it
 * names people.
 */
import type { Atlassian } from './jira-cloud/atlassian.ts';
import type { CloudSite } from './jira-cloud/site.ts';
import type { JiraDataCenter } from './jira-data-center/data-center.ts';
import type { Person } from './jira-model.ts';
import type { JiraStore } from './jira-store.ts';
import type { Routes } from './routes.ts';
import { ACCOUNTS, DATA_CENTER_KEYS } from './seed.ts';
import type { WebhookSender } from './webhook-sender.ts';

export interface PlayedJira {
  imitates: string;
  /** Host of the site, or base URL of the server. */
  name: string;
  store: JiraStore;
  webhooks: WebhookSender;
  /** Where its pages are served, and below which path. */
  routes: Routes;
  path: string;
  /** Where its part of the control API is served (on the port of the page). */
  controlPath: string;
  /** Name and events of a webhook as the setup guide of this product wants them. */
  webhook: { name: string; events: string[]; exampleUrl: string };
  /** The id by which this Jira knows a person. */
  idOf(person: Person): string;
  /** The id behind a short name (`ben`); an id stays what it is. */
  idOfName(who: string): string;
  /** The account that the product acts as. */
  agentId(): string;
  /** A mention as Jira writes it when somebody picks a person from the list. */
  mention(id: string): string;
}

const SIX_EVENTS = ['comment_created', 'comment_updated', 'comment_deleted', 'jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted'];

export function playedCloud(atlassian: Atlassian, site: CloudSite): PlayedJira {
  return {
    imitates: 'Jira Cloud',
    name: site.host,
    store: site.store,
    webhooks: site.webhooks,
    routes: atlassian.standIn.routes,
    path: '',
    controlPath: '/_control',
    webhook: { name: 'OpenHands Cloud Integration', events: SIX_EVENTS, exampleUrl: 'http://localhost:3000/integration/jira/events' },
    idOf: (person) => person.accountId,
    idOfName: (who) => lookUp(ACCOUNTS, who),
    agentId: () => site.serviceTokens[0]?.accountId ?? '',
    mention: (id) => `[~accountid:${id}]`,
  };
}

export function playedDataCenter(jira: JiraDataCenter): PlayedJira {
  return {
    imitates: 'Jira Data Center',
    name: jira.url,
    store: jira.store,
    webhooks: jira.webhooks,
    routes: jira.standIn.routes,
    path: jira.contextPath,
    controlPath: '/_control/jira-data-center',
    webhook: { name: 'OpenHands', events: SIX_EVENTS, exampleUrl: 'http://localhost:3000/integration/jira-dc/connections/.../events' },
    idOf: (person) => person.key,
    idOfName: (who) => lookUp(DATA_CENTER_KEYS, who),
    agentId: () => DATA_CENTER_KEYS.agent,
    mention: (id) => `[~${jira.store.person(id).name}]`,
  };
}

function lookUp(ids: Record<string, string>, who: string): string {
  return Object.hasOwn(ids, who) ? (ids[who] ?? who) : who;
}
