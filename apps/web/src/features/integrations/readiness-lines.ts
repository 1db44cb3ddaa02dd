/** Whether the person who looks can ask for work in an issue, from what the page knows already. Rules only. */
import type { Integration, Link, Me } from '@openhands-jira/contracts';
import { readinessTexts as t } from '../../texts-of-readiness.js';
import { texts } from '../../texts.js';

/** One thing that is needed, with the place to do something about it. `unknown`: only Jira can tell. */
export interface ReadinessLine {
  key: keyof typeof t.names;
  result: keyof typeof t.words;
  detail: string;
  place: { to: string; word: string } | null;
}

const SIGN_IN = { to: '/sign-in?returnTo=%2Fsettings%2Fintegrations', word: t.toGit };
const ACCOUNT = { to: '/account', word: t.toAccount };

/** What is needed from this person, in the order in which it is done. `integrations` are those in use. */
export function readinessOf(me: Me, integrations: Integration[]): ReadinessLine[] {
  const byEmail = integrations.find(({ linkMethod }) => linkMethod === 'email');
  return [gitLine(me), accountLine(integrations), ...(byEmail ? [emailLine(me, byEmail)] : []), keyLine(me)];
}

/** A host counts as long as one of the accounts there works. */
function gitLine({ identities }: Me): ReadinessLine {
  if (identities.length === 0) return { key: 'git', result: 'todo', detail: t.gitMissing, place: SIGN_IN };
  const ended = identities.filter(({ host }) => !identities.some((one) => one.host === host && one.state === 'active'));
  const names = identities.filter((one) => !ended.includes(one)).map(({ login, host }) => t.gitAs(login, host));
  if (ended.length === 0) return { key: 'git', result: 'ready', detail: [...names, t.gitOnly].join(' '), place: null };
  return { key: 'git', result: 'todo', detail: [...names, ...ended.map(({ login, host }) => t.gitEnded(login, host))].join(' '), place: SIGN_IN };
}

/** One link is enough to ask; where there are several Jiras, all links are named. */
function accountLine(integrations: Integration[]): ReadinessLine {
  const linked = integrations.flatMap((one) => [one, ...one.others].flatMap(({ link, connection }) => (link ? [nameOf(link, connection?.site ?? texts.products[one.product])] : [])));
  if (linked.length > 0) return { key: 'account', result: 'ready', detail: linked.join(' '), place: null };
  if (integrations.some(({ linkMethod }) => linkMethod === 'email')) return { key: 'account', result: 'unknown', detail: t.linkedByEmail, place: null };
  const names = integrations.map(({ product }) => texts.products[product]).join(' or ');
  const [first] = integrations;
  return { key: 'account', result: 'todo', detail: t.notLinked(names), place: first ? { to: `/settings/integrations/${first.product}`, word: t.toIntegration(texts.products[first.product]) } : null };
}

function nameOf({ jiraDisplayName }: Link, site: string): string {
  return t.linkedAs(jiraDisplayName, site);
}

/** Who is linked where addresses are matched was found by the address. Nobody else can be told without asking Jira. */
function emailLine({ email }: Me, { product, link }: Integration): ReadinessLine {
  const name = texts.products[product];
  if (email === null) return { key: 'email', result: 'todo', detail: t.emailMissing(name), place: ACCOUNT };
  if (link?.method === 'email') return { key: 'email', result: 'ready', detail: t.emailFits(email, name), place: null };
  return { key: 'email', result: 'unknown', detail: t.emailUnseen(email, name), place: { to: `/settings/integrations/${product}`, word: t.toIntegration(name) } };
}

function keyLine({ agent }: Me): ReadinessLine {
  if (agent.apiKeySet) return { key: 'key', result: 'ready', detail: t.ownKey, place: null };
  return agent.installationKeySet ? { key: 'key', result: 'ready', detail: t.sharedKey, place: null } : { key: 'key', result: 'todo', detail: t.noKey, place: ACCOUNT };
}
