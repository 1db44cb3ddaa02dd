/** The pages behind the links that the product posts: `/conversations/{id}`, and `/conversations/task-{id}` before the start is done. */
import { escapeHtml, page } from '../html.ts';
import { html, redirect, type Reply, type SandboxRequest } from '../routes.ts';
import { undashed, type Conversation } from './conversation.ts';
import type { OpenHands } from './openhands.ts';

export function addPages(agent: OpenHands): void {
  agent.standIn.routes.get('/', () => html(200, list(agent)));
  agent.standIn.routes.get('/conversations/:id', (request) => show(agent, request));
}

function list(agent: OpenHands): string {
  const rows = agent.conversations
    .map((one) => `<tr><td><a href="/conversations/task-${one.taskId}">${escapeHtml(one.title)}</a></td><td>${escapeHtml(one.startStatus)}</td><td>${escapeHtml(one.frame.execution ?? '')}</td></tr>`)
    .join('');
  return page({ title: 'Conversations', imitates: 'OpenHands' }, `<table><tr><th>Conversation</th><th>Start</th><th>Run</th></tr>${rows}</table>`);
}

function show(agent: OpenHands, request: SandboxRequest): Reply {
  const wanted = request.params['id'] ?? '';
  const taskId = wanted.startsWith('task-') ? undashed(wanted.slice('task-'.length)) : null;
  const byTask = agent.conversations.find((one) => one.taskId === taskId);
  if (byTask?.isReady === true) return redirect(`/conversations/${byTask.id}`);
  const found = byTask ?? agent.conversations.find((one) => one.id === undashed(wanted));
  if (found === undefined) return html(404, page({ title: 'No such conversation', imitates: 'OpenHands' }, '<p>The sandbox does not know it.</p>'));
  return html(200, conversationPage(found));
}

function conversationPage(one: Conversation): string {
  const events = one.allEvents().map((event) => `<div class="card"><p class="meta">${escapeHtml(event.timestamp)} ${escapeHtml(event.source)} ${escapeHtml(event.kind)}</p><pre>${escapeHtml(words(event))}</pre></div>`);
  const facts = `<p><span class="chip">${escapeHtml(one.startStatus)}</span><span class="chip">${escapeHtml(one.frame.sandbox)}</span><span class="chip">${escapeHtml(one.frame.execution ?? 'no answer')}</span> ${escapeHtml(one.request['selected_repository'] ?? 'no repository')}</p>`;
  const asked = JSON.stringify({ message: one.request['initial_message'], rules: one.request['system_message_suffix'] }, null, 2);
  return page({ title: one.title, imitates: 'OpenHands' }, `${facts}<h2>What was asked</h2><pre>${escapeHtml(asked)}</pre><h2>Events</h2>${events.join('')}`);
}

function words(event: Record<string, unknown>): string {
  const action = event['action'] as { message?: string } | undefined;
  const message = event['llm_message'] as { content?: { text?: string }[] } | undefined;
  const text = action?.message ?? message?.content?.map((part) => part.text).join('');
  return (text ?? JSON.stringify(event)).slice(0, 2000);
}
