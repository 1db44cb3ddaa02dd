import {
  JobCancelReason,
  JobFailureReason,
  REASONS_BY_OUTCOME,
  REFUSED_REASONS,
  DeliveryReason,
} from '@openhands-jira/contracts';
import { toAdf, type AdfNode } from './adf.js';
import { messageLinks, type MessageContext } from './message-context.js';
import type { StatusFacts } from './message-status.js';
import { renderMessage, type Message } from './messages.js';
import { REASON_TEXTS } from './reasons.js';
import { toWikiMarkup } from './wiki-markup.js';

const context: MessageContext = {
  token: '@openhands',
  label: 'openhands',
  links: messageLinks('https://openhands.example/'),
};
const ann = { id: 'JIRAUSER10200', name: 'ann', displayName: 'Ann Example' };
const facts: StatusFacts = {
  repository: { name: 'Acme/web-app', url: 'https://github.com/Acme/web-app', source: 'line', branch: null },
  startedBy: ann,
  matchedByEmail: false,
  conversationUrl: 'https://agent.example/conversations/0198f3c2',
  conversation: 'fresh',
  pullRequests: [],
  notes: [],
};
const result = {
  person: ann,
  jobId: 'job-1',
  conversationUrl: 'https://agent.example/conversations/0198f3c2',
  pullRequests: ['https://github.com/Acme/web-app/pull/7'],
  notPassedOn: [],
};
const refused = { deliveryId: 'delivery-1', askedAgainAt: [] };

const examples: Record<string, Message> = {
  'starting, before the conversation is known': {
    kind: 'status.working',
    state: 'starting',
    ...facts,
    conversationUrl: null,
  },
  'running on a named branch, address, matched by e-mail': {
    kind: 'status.working',
    state: 'running',
    ...facts,
    repository: { ...facts.repository!, source: 'url', branch: 'release/2.0' },
    matchedByEmail: true,
  },
  'running in the earlier conversation, with notes and a pull request': {
    kind: 'status.working',
    state: 'running',
    ...facts,
    repository: { ...facts.repository!, source: 'name' },
    conversation: 'going_on',
    pullRequests: ['https://github.com/Acme/web-app/pull/7'],
    notes: [
      { kind: 'note_passed_on', from: 'Bob', at: '2026-08-20T14:02:30Z' },
      { kind: 'note_not_passed_on', from: 'Bob', at: '2026-08-20T14:05:00Z' },
      { kind: 'suspended', at: '2026-08-20T14:10:00Z' },
      { kind: 'agent_not_reachable', at: '2026-08-20T14:20:00Z' },
    ],
  },
  'running fresh, because the earlier conversation is gone, on the project default': {
    kind: 'status.working',
    state: 'running',
    ...facts,
    repository: { ...facts.repository!, source: 'project_default' },
    conversation: 'fresh_conversation_gone',
  },
  'running without a repository': { kind: 'status.working', state: 'running', ...facts, repository: null },
  'queued by the limit of the installation': {
    kind: 'status.queued',
    position: 3,
    limit: { kind: 'installation', jobs: 5 },
    ...facts,
    conversationUrl: null,
  },
  'queued by the limit of the person': {
    kind: 'status.queued',
    position: 1,
    limit: { kind: 'person', jobs: 1 },
    ...facts,
    conversationUrl: null,
  },
  'waits for a confirmation': { kind: 'status.needs_input', ...facts },
  'status at the end': {
    kind: 'status.done',
    outcome: 'succeeded',
    seconds: 7500,
    repository: facts.repository,
    conversationUrl: facts.conversationUrl,
  },
  'status of a failed job': {
    kind: 'status.done',
    outcome: 'failed',
    seconds: 20,
    repository: null,
    conversationUrl: null,
  },
  'status of a job that was stopped in the queue': {
    kind: 'status.done',
    outcome: 'cancelled',
    seconds: null,
    repository: null,
    conversationUrl: null,
  },
  'result with a text': {
    kind: 'result.succeeded',
    ...result,
    text: '## Done\n\n1. Fixed rounding in `cart.ts`\n   - added a **test**\n2. See https://github.com/Acme/web-app/pull/7\n\n```ts\nround(x)\n```\n\n> Which currency?',
  },
  'result without a text': { kind: 'result.succeeded', ...result, text: null },
  'result with a text, and words that came too late': {
    kind: 'result.succeeded',
    ...result,
    text: 'Done.',
    notPassedOn: ['Bob', 'Cleo', 'Bob'],
  },
  'result without a text, and words that came too late': {
    kind: 'result.succeeded',
    ...result,
    text: null,
    notPassedOn: ['Bob'],
  },
  'result of a failure, and words that came too late': {
    kind: 'result.failed',
    ...result,
    reason: 'agent_stuck',
    details: {},
    text: null,
    notPassedOn: ['Bob', 'Cleo', 'Dan'],
  },
  'result of a cancellation, and words that came too late': {
    kind: 'result.cancelled',
    ...result,
    reason: 'stopped_by_person',
    by: 'Ann Example',
    branch: null,
    notPassedOn: ['Bob'],
  },
  'result of a failure with last words': {
    kind: 'result.failed',
    ...result,
    reason: 'agent_quota_exceeded',
    details: { quota: 'iterations' },
    text: 'I was about to run the tests.',
  },
  ...Object.fromEntries(
    JobFailureReason.options.map((reason): [string, Message] => [
      `result of the failure ${reason}`,
      { kind: 'result.failed', ...result, pullRequests: [], conversationUrl: null, reason, details: {}, text: null },
    ]),
  ),
  'result of a failure of the own key': {
    kind: 'result.failed',
    ...result,
    reason: 'agent_key_rejected',
    details: { ownKey: true },
    text: null,
  },
  'result of the time limit': {
    kind: 'result.failed',
    ...result,
    reason: 'time_limit',
    details: { limitMinutes: 120 },
    text: null,
  },
  ...Object.fromEntries(
    JobCancelReason.options.map((reason): [string, Message] => [
      `result of the cancellation ${reason}`,
      {
        kind: 'result.cancelled',
        ...result,
        pullRequests: [],
        reason,
        by: 'Bob',
        branch: reason === 'replaced' ? 'SHOP-12-fix' : null,
      },
    ]),
  ),
  'refused: not linked': { kind: 'refusal.user_not_linked', ...refused, person: ann },
  'refused: asked again': {
    kind: 'refusal.user_not_linked',
    ...refused,
    person: ann,
    askedAgainAt: ['2026-08-20T14:02:00Z'],
  },
  'refused: no account': { kind: 'refusal.user_no_account', ...refused, person: ann },
  'refused: e-mail hidden': { kind: 'refusal.user_email_hidden', ...refused, person: ann },
  'refused: people cannot be looked for': { kind: 'refusal.user_search_forbidden', ...refused },
  'refused: ambiguous link': { kind: 'refusal.user_link_ambiguous', ...refused, person: ann },
  'refused: link expired': { kind: 'refusal.user_link_expired', ...refused, person: ann },
  'refused: sign-in expired': { kind: 'refusal.user_signin_expired', ...refused, person: ann },
  'refused: an app': { kind: 'refusal.user_is_app', ...refused, appName: 'Automation for Jira' },
  'refused: not allowed': { kind: 'refusal.user_not_allowed', ...refused },
  'refused: git account missing': { kind: 'refusal.git_provider_not_connected', ...refused, host: 'gitlab.com' },
  'refused: git account expired': { kind: 'refusal.git_signin_expired', ...refused, host: 'gitlab.com' },
  'refused: repository missing': { kind: 'refusal.repo_missing', ...refused },
  'refused: repository not readable': {
    kind: 'refusal.repo_invalid',
    ...refused,
    value: 'Acme / / web',
    fault: 'reference',
  },
  'refused: branch not readable': { kind: 'refusal.repo_invalid', ...refused, value: '../x', fault: 'branch_name' },
  'refused: branch does not exist': {
    kind: 'refusal.repo_invalid',
    ...refused,
    value: 'next',
    fault: 'branch_missing',
    repository: 'Acme/api',
  },
  'refused: unknown host': { kind: 'refusal.repo_host_unknown', ...refused, host: 'git.other.example' },
  'refused: no access': { kind: 'refusal.repo_no_access', ...refused, repositories: ['Acme/api', 'Acme/web-app'] },
  'refused: several candidates': {
    kind: 'refusal.repo_ambiguous',
    ...refused,
    repositories: ['Acme/api', 'Acme/web-app', 'Acme/docs'],
  },
  'refused: gate': { kind: 'refusal.gate_not_met', ...refused, missing: ['label "ready"'] },
  'refused: already running': { kind: 'refusal.already_running', ...refused },
  'refused: too many jobs': { kind: 'refusal.issue_rate_limited', ...refused, retryAt: '2026-08-20T15:00:00Z' },
  'refused: nothing to stop': { kind: 'refusal.nothing_to_stop', ...refused },
  'refused: nothing to retry': { kind: 'refusal.nothing_to_retry', ...refused },
  'refused: command not allowed': { kind: 'refusal.command_not_allowed', ...refused, command: 'stop' },
  'command help': { kind: 'command.help' },
  'command check': {
    kind: 'command.check',
    at: '2026-08-20T14:02:00Z',
    repository: facts.repository,
    lines: [
      { subject: 'access', ok: true, detail: 'You may write to it.' },
      { subject: 'gate', ok: false, detail: 'The label "ready" is missing.' },
    ],
  },
  'command link': { kind: 'command.link', person: ann },
  'failure of ours': { kind: 'failure.internal', reason: 'internal_error', traceId: 'trace-1' },
  'failure of the git host': { kind: 'failure.internal', reason: 'git_provider_unreachable', traceId: 'trace-1' },
};
const names = Object.keys(examples);

function rendered(name: string): { adf: string; wiki: string; text: string } {
  const document = renderMessage(examples[name]!, context);
  const adf = toAdf(document);
  return { adf: outline(adf.content, ''), wiki: toWikiMarkup(document), text: textOf(adf.content) };
}

describe('every message', () => {
  it.each(names)('reads well in both markups: %s', (name) => {
    const { adf, wiki } = rendered(name);
    expect(`\n${wiki}\n\n=== ADF ===\n${adf}`).toMatchSnapshot();
  });

  it.each(names)('survives storage as JSON: %s', (name) => {
    expect(JSON.parse(JSON.stringify(examples[name]))).toEqual(examples[name]);
  });

  it.each(names)('keeps the rules of tone: %s', (name) => {
    const { text } = rendered(name);
    expect(text).not.toMatch(/!/);
    expect(text).not.toMatch(/\bcloud\b/i);
    expect(text).not.toMatch(/resolved|solved/i);
    expect(text).not.toMatch(/undefined|null|\[object/);
    expect(text).not.toMatch(/[^\s]@[\w-]+\.\w/);
  });

  it.each(names)('never addresses ourselves outside of code: %s', (name) => {
    const { wiki } = rendered(name);
    expect(wiki.replace(/\{\{.*?\}\}/g, '')).not.toMatch(/@openhands/i);
  });
});

describe('mentions', () => {
  const calls = (name: string): boolean => rendered(name).wiki.includes('[~');

  it('call people in link requests, questions and results, and nowhere else', () => {
    const calling = names.filter(calls).map((name) => examples[name]!.kind);
    const allowed = /^(result\.|status\.needs_input|refusal\.user_|command\.link)/;
    expect(calling.filter((kind) => !allowed.test(kind))).toEqual([]);
    expect(new Set(calling)).toContain('refusal.user_not_linked');
    expect(new Set(calling)).toContain('result.failed');
  });

  it('leave out a person whom Jira does not name', () => {
    const document = renderMessage({ kind: 'command.link', person: { id: '', displayName: '' } }, context);
    expect(toWikiMarkup(document)).not.toContain('[~');
  });
});

describe('refusals', () => {
  const told = names.map((name) => examples[name]!).filter((message) => message.kind.startsWith('refusal.'));

  it.each(REFUSED_REASONS.filter((code) => code !== 'issue_unreadable'))(
    '%s has a text with the decision link',
    (code) => {
      const message = told.find((candidate) => candidate.kind === `refusal.${code}`);
      expect(message).toBeDefined();
      expect(toWikiMarkup(renderMessage(message!, context))).toContain(
        '|https://openhands.example/deliveries/delivery-1]',
      );
    },
  );
});

describe('foreign text in a message', () => {
  it('cannot address us, call people or write markup', () => {
    const document = renderMessage(
      { kind: 'refusal.user_is_app', ...refused, appName: 'x [~admin] {code} @OpenHands do *this*' },
      context,
    );
    const wiki = toWikiMarkup(document);
    expect(wiki).toContain(String.raw`x admin \{code\} {{@OpenHands}} do \*this\*`);
    expect(outline(toAdf(document).content, '')).toContain('"@OpenHands" code');
  });

  it('uses the configured mention', () => {
    const wiki = toWikiMarkup(
      renderMessage({ kind: 'command.help' }, { ...context, token: '@helper', label: 'robot' }),
    );
    expect(wiki).toContain('{{@helper stop}}');
    expect(wiki).toContain('{{robot}}');
    expect(wiki).not.toContain('@openhands');
  });
});

describe('a long result', () => {
  const text = Array.from(
    { length: 400 },
    (_, index) => `Paragraph ${index} with **strong** words ${'and more '.repeat(8)}`,
  ).join('\n\n');
  const document = renderMessage({ kind: 'result.succeeded', ...result, text }, context);

  it.each([
    ['wiki markup', toWikiMarkup(document)],
    ['ADF', JSON.stringify(toAdf(document))],
  ])('is cut at the end of a paragraph and says where the rest is, in %s', (_, body) => {
    expect(body.length).toBeLessThan(32_767);
    expect(body).toContain('Paragraph 0 ');
    expect(body).toContain('Read the full text');
    expect(body.match(/Read the full text/g)).toHaveLength(1);
    expect(body).toContain('To answer or to go on');
  });

  it('is not cut when it fits', () => {
    const short = renderMessage({ kind: 'result.succeeded', ...result, text: text.slice(0, 5000) }, context);
    expect(toWikiMarkup(short)).not.toContain('Read the full text');
  });
});

describe('reason codes', () => {
  it.each(DeliveryReason.options)('%s has a title and a hint', (code) => {
    const { title, hint } = REASON_TEXTS[code];
    expect(title).toMatch(/^[A-Z].*[^.!]$/);
    expect(hint).toMatch(/^[A-Z].*\.$/);
    expect(`${title} ${hint}`).not.toContain('!');
  });

  it.each([
    ['ignored', ['silent']],
    ['rejected', ['silent']],
    ['failed', ['failure']],
    ['job', ['status', 'command', 'result']],
  ] as const)('%s is told as it should be', (outcome, told) => {
    const kinds = REASONS_BY_OUTCOME[outcome].map((code) => REASON_TEXTS[code].inIssue);
    expect(kinds.filter((kind) => !(told as readonly string[]).includes(kind))).toEqual([]);
  });

  it('refusals are told, except where no comment is possible', () => {
    const silent = REFUSED_REASONS.filter((code) => REASON_TEXTS[code].inIssue !== 'refusal');
    expect(silent).toEqual(['issue_unreadable']);
  });
});

/** ADF as indented lines, so that a reader of the snapshot sees the comment and not the brackets. */
function outline(nodes: AdfNode[], indent: string): string {
  return nodes.map((node) => indent + nodeLine(node, indent)).join('\n');
}

function nodeLine(node: AdfNode, indent: string): string {
  const attrs = Object.values(node.attrs ?? {})
    .map((value) => ` ${value}`)
    .join('');
  const marks = (node.marks ?? []).map((mark) => ` ${mark.type}${mark.attrs ? ` <${mark.attrs.href}>` : ''}`).join('');
  if (node.type === 'text') return `"${node.text}"${marks}`;
  return `${node.type}${attrs}${node.content?.length ? `\n${outline(node.content, `${indent}  `)}` : ''}`;
}

function textOf(nodes: AdfNode[]): string {
  return nodes.map((node) => node.text ?? `${textOf(node.content ?? [])}\n`).join('');
}
