/** The pages on which people play a Jira, Cloud or Data Center: issues, one issue with its conversation, the webhooks and what became of them. */
import { escapeHtml, page } from '../html.ts';
import type { Comment, Issue } from '../jira-model.ts';
import type { SandboxUrls } from '../environment.ts';
import { wiki } from '../jira-store.ts';
import type { PlayedJira } from '../played-jira.ts';
import { formBody, html, redirect, type Reply, type SandboxRequest } from '../routes.ts';
import type { WebhookDelivery } from '../webhook-sender.ts';
import { richTextHtml } from './rich-text.ts';

type Frame = (title: string, content: string) => string;

export function addJiraPages(jira: PlayedJira, urls: SandboxUrls): void {
  const { routes, path, imitates } = jira;
  const links: [string, string][] = [
    ['Issues', `${path}/`],
    ['Webhooks', `${path}/webhooks`],
    ['Jira Cloud', urls.page],
    ['Jira Data Center', `${urls.jiraDataCenter}/`],
    ['OpenHands', `${urls.openhands}/`],
    ['Control', `${urls.page}_control`],
  ];
  const frame: Frame = (title, content) => page({ title, imitates, links }, content);
  routes.get(`${path}/`, () => html(200, frame('Issues', issueList(jira))));
  routes.post(`${path}/issues`, (request) => createIssue(jira, request));
  routes.get(`${path}/browse/:key`, (request) => show(jira, frame, request));
  routes.post(`${path}/browse/:key/:action`, (request) => act(jira, request));
  routes.get(`${path}/webhooks`, () => html(200, frame('Webhooks', webhookPage(jira))));
  routes.post(`${path}/webhooks`, (request) => registerWebhook(jira, request));
}

function issueList(jira: PlayedJira): string {
  const rows = jira.store.issues.map(
    (issue) => `<tr><td><a href="${jira.path}/browse/${issue.key}">${issue.key}</a></td><td>${escapeHtml(issue.summary)}</td><td>${labelChips(issue)}</td><td>${String(issue.comments.length)}</td></tr>`,
  );
  return `<p>${escapeHtml(jira.imitates)} at <code>${escapeHtml(jira.name)}</code></p><table><tr><th>Key</th><th>Summary</th><th>Labels</th><th>Comments</th></tr>${rows.join('')}</table>${issueForm(jira)}`;
}

function issueForm(jira: PlayedJira): string {
  const projects = jira.store.projects.map((project) => `<option value="${project.key}">${escapeHtml(project.name)}</option>`);
  return `<details class="card"><summary>Create an issue</summary><form method="post" action="${jira.path}/issues">
<label>Project <select name="project">${projects.join('')}</select></label><label>Summary <input type="text" name="summary" required></label>
<label>Description <textarea name="description" rows="4"></textarea></label><label>Labels, with blanks between <input type="text" name="labels"></label>
${personSelect(jira)}<button>Create</button></form></details>`;
}

function createIssue(jira: PlayedJira, request: SandboxRequest): Reply {
  const form = formBody(request);
  const issue = jira.store.addIssue({
    projectKey: form.get('project') ?? '',
    summary: form.get('summary') ?? '',
    description: form.get('description'),
    labels: words(form.get('labels')),
    reporterId: form.get('as') ?? '',
  });
  return redirect(`${jira.path}/browse/${issue.key}`, 303);
}

function words(text: string | null): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

function labelChips(issue: Issue): string {
  return issue.labels.map((label) => `<span class="chip">${escapeHtml(label)}</span>`).join('');
}

function nameOf(jira: PlayedJira): (id: string) => string {
  return (id) => jira.store.people.find((person) => [person.accountId, person.key, person.name].includes(id))?.displayName ?? id;
}

function show(jira: PlayedJira, frame: Frame, request: SandboxRequest): Reply {
  const issue = jira.store.findIssue(request.params['key'] ?? '');
  if (issue === undefined) return html(404, frame('No such issue', '<p>It may have been moved or deleted.</p>'));
  return html(200, frame(`${issue.key} ${issue.summary}`, issuePage(jira, issue)));
}

function issuePage(jira: PlayedJira, issue: Issue): string {
  const description = issue.description === null ? '<p>No description.</p>' : richTextHtml(issue.description, nameOf(jira));
  const remoteLinks = issue.remoteLinks.map(({ object }) => `<li><a href="${escapeHtml(object['url'])}">${escapeHtml(object['title'])}</a> ${escapeHtml(object['summary'] ?? '')}</li>`);
  const deliveries = jira.webhooks.deliveries.filter((delivery) => delivery.issueKey === issue.key);
  return `<div class="card">${description}</div>
<p>${labelChips(issue)} <span class="meta">${escapeHtml(issue.issueType)}, ${escapeHtml(issue.status)}, reported by ${escapeHtml(nameOf(jira)(issue.reporterId))}</span></p>
${labelForm(jira, issue)}
${remoteLinks.length === 0 ? '' : `<h2>Links</h2><ul>${remoteLinks.join('')}</ul>`}
<h2>Comments</h2>${issue.comments.map((comment) => commentCard(jira, issue, comment)).join('')}
${commentForm(jira, issue)}
<h2>Webhook deliveries</h2>${deliveryTable(deliveries)}`;
}

function personSelect(jira: PlayedJira): string {
  const people = jira.store.people.filter((person) => person.accountType !== 'app');
  const options = people.map((person) => `<option value="${escapeHtml(jira.idOf(person))}" ${person.name === 'ben' ? 'selected' : ''}>${escapeHtml(person.displayName)}</option>`);
  return `<label>As <select name="as">${options.join('')}</select></label>`;
}

function labelForm(jira: PlayedJira, issue: Issue): string {
  return `<details><summary>Change the labels</summary><form method="post" action="${jira.path}/browse/${issue.key}/labels">
<label>Labels, with blanks between <input type="text" name="labels" value="${escapeHtml(issue.labels.join(' '))}"></label>${personSelect(jira)}<button>Save labels</button></form></details>`;
}

function commentForm(jira: PlayedJira, issue: Issue): string {
  const isService = jira.store.project(issue.projectKey).type === 'service_desk';
  return `<form class="card" method="post" action="${jira.path}/browse/${issue.key}/comment">
<label>Comment <textarea name="text" rows="4" required placeholder="@openhands please fix this"></textarea></label>${personSelect(jira)}
<label class="check"><input type="checkbox" name="pick" value="yes"> Begin with a mention of OpenHands Agent, as picked from the list</label>
<label class="check"><input type="checkbox" name="restricted" value="Developers"> Only for the role Developers</label>
${isService ? '<label class="check"><input type="checkbox" name="internal" value="yes"> Internal note</label>' : ''}
<p><button>Comment</button></p></form>`;
}

function commentCard(jira: PlayedJira, issue: Issue, comment: Comment): string {
  const author = jira.store.person(comment.authorId);
  const notes = [
    comment.updated > comment.created ? 'edited' : '',
    comment.visibility === null ? '' : `only for the ${comment.visibility.type} ${comment.visibility.value}`,
    comment.jsdPublic ? '' : 'internal note',
  ].filter((note) => note !== '');
  const source = comment.body.format === 'wiki' ? comment.body.wiki : null;
  const tools =
    source === null
      ? ''
      : `<details><summary>Edit or delete</summary><form method="post" action="${jira.path}/browse/${issue.key}/edit"><input type="hidden" name="comment" value="${comment.id}">
<label>Text <textarea name="text" rows="3">${escapeHtml(source)}</textarea></label><button>Save</button></form>
<form method="post" action="${jira.path}/browse/${issue.key}/delete"><input type="hidden" name="comment" value="${comment.id}"><button class="quiet">Delete</button></form></details>`;
  return `<article class="card ${author.accountType === 'app' ? 'agent' : ''}" id="comment-${comment.id}">
<p class="meta"><b>${escapeHtml(author.displayName)}</b> ${new Date(comment.created).toISOString().slice(0, 19).replace('T', ' ')} ${escapeHtml(notes.join(', '))}</p>
${richTextHtml(comment.body, nameOf(jira))}${tools}</article>`;
}

function deliveryTable(deliveries: WebhookDelivery[]): string {
  if (deliveries.length === 0) return '<p>None.</p>';
  const rows = [...deliveries].reverse().map((delivery) => {
    const attempts = delivery.attempts.map((attempt) => `${String(attempt.status ?? 'no answer')} <span class="meta">${escapeHtml(attempt.answer)}</span>`).join('<br>');
    return `<tr><td>${escapeHtml(delivery.event)}</td><td>${escapeHtml(delivery.issueKey ?? '')}</td><td>${escapeHtml(delivery.state.replace('_', ' '))}</td><td>${attempts}</td></tr>`;
  });
  return `<table><tr><th>Event</th><th>Issue</th><th>State</th><th>Answers</th></tr>${rows.join('')}</table>`;
}

function act(jira: PlayedJira, request: SandboxRequest): Reply {
  const { store } = jira;
  const issue = store.findIssue(request.params['key'] ?? '');
  if (issue === undefined) return redirect(`${jira.path}/`, 303);
  const form = formBody(request);
  const actorId = form.get('as') ?? '';
  const comment = issue.comments.find((one) => one.id === form.get('comment'));
  if (request.params['action'] === 'comment') addComment(jira, issue, form);
  if (request.params['action'] === 'labels') store.setLabels(issue, words(form.get('labels')), actorId);
  if (request.params['action'] === 'edit' && comment !== undefined) store.editComment(issue, comment, { actorId: comment.authorId, body: wiki(form.get('text') ?? '') });
  if (request.params['action'] === 'delete' && comment !== undefined) store.deleteComment(issue, comment, comment.authorId);
  return redirect(`${jira.path}/browse/${issue.key}`, 303);
}

function addComment(jira: PlayedJira, issue: Issue, form: URLSearchParams): void {
  const mention = form.get('pick') === 'yes' ? `${jira.mention(jira.agentId())} ` : '';
  const restricted = form.get('restricted');
  jira.store.addComment(issue, {
    authorId: form.get('as') ?? '',
    body: wiki(mention + (form.get('text') ?? '')),
    visibility: restricted === null ? null : { type: 'role', value: restricted },
    internal: form.get('internal') === 'yes',
  });
}

function webhookPage(jira: PlayedJira): string {
  const rows = jira.webhooks.webhooks.map((webhook) => `<tr><td>${escapeHtml(webhook.name)}</td><td>${escapeHtml(webhook.url)}</td><td>${escapeHtml(webhook.events.join(', '))}</td><td>${webhook.secret === null ? 'no' : 'yes'}</td></tr>`);
  return `<table><tr><th>Name</th><th>URL</th><th>Events</th><th>Signed</th></tr>${rows.join('')}</table>
<form class="card" method="post" action="${jira.path}/webhooks"><h2>Create a webhook</h2>
<label>URL <input type="text" name="url" required placeholder="${escapeHtml(jira.webhook.exampleUrl)}"></label>
<label>Secret <input type="text" name="secret"></label>
<button>Create</button></form><h2>Deliveries</h2>${deliveryTable(jira.webhooks.deliveries)}`;
}

function registerWebhook(jira: PlayedJira, request: SandboxRequest): Reply {
  const form = formBody(request);
  const secret = form.get('secret');
  const { name, events } = jira.webhook;
  jira.webhooks.register({ name, url: form.get('url') ?? '', secret: secret === '' ? null : secret, events });
  return redirect(`${jira.path}/webhooks`, 303);
}
