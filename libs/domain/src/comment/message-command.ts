/** Answers to the commands `help`, `check` and `link`, and the notice that we could not process something. */
import type { FailedReason } from '@openhands-jira/contracts';
import { bulletList, code, doc, emphasis, line, link, paragraph, strong } from './document.js';
import type { DocumentNode, InlineNode } from './document.js';
import { addressed, clockTime, command, settingsLink } from './message-context.js';
import type { MessageContext, MessagePerson } from './message-context.js';
import { type MessageRepository, sourceText } from './message-status.js';

export type CommandMessage =
  | { kind: 'command.help' }
  | {
      kind: 'command.check';
      /** ISO time of the check, because the comment is edited when it is repeated. */
      at: string;
      repository: MessageRepository | null;
      lines: CheckLine[];
    }
  | { kind: 'command.link'; person: MessagePerson };

/** One thing that was looked at. `detail` is one sentence, with the next step when it is not in order. */
export interface CheckLine {
  subject: 'repository' | 'branch' | 'account' | 'access' | 'gate' | 'limits';
  ok: boolean;
  detail: string;
}

export interface FailureMessage {
  kind: 'failure.internal';
  reason: FailedReason;
  /** What administrators search for in the log. */
  traceId: string;
}

export function renderCommand(message: CommandMessage, context: MessageContext): DocumentNode {
  switch (message.kind) {
    case 'command.help':
      return help(context);
    case 'command.check':
      return check(message);
    case 'command.link':
      return doc(
        addressed(
          message.person,
          'you connect your Jira account in ',
          settingsLink(context),
          '. ',
          link('Sign up', context.links.home),
          ' first if you have no account here.',
        ),
      );
  }
}

function help(context: MessageContext): DocumentNode {
  return doc(
    paragraph(strong('How to work with OpenHands in this issue')),
    bulletList(
      line('Comment with ', command(context), ' and what you want, or add the label ', code(context.label), '.'),
      line(
        'Say where the code is with a line ',
        code('Repository: owner/name'),
        ' in the description or in a comment. A line ',
        code('Branch: main'),
        ' chooses the branch.',
      ),
      line(
        'While a job is running, a further comment with ',
        command(context),
        ' is passed on to it. After its end such a comment goes on from there.',
      ),
    ),
    paragraph('A comment with nothing but one of these words is a command:'),
    bulletList(
      ...COMMANDS.map(([words, meaning]) => line(command(context, words), `: ${meaning}`)),
      line(command(context, 'new:'), ' and your words: start afresh, without the earlier conversation'),
    ),
  );
}

const COMMANDS: [string, string][] = [
  ['stop', 'end the running job'],
  ['status', 'bring the status comment up to date'],
  ['retry', 'do the last request again'],
  ['check', 'see whether a job could start, without starting one'],
  ['link', 'where to connect your account'],
  ['help', 'this guide'],
];

function check(message: Extract<CommandMessage, { kind: 'command.check' }>): DocumentNode {
  const ready = message.lines.every((item) => item.ok);
  const headline = ready ? 'A job could start here.' : 'A job could not start here yet.';
  return doc(
    paragraph(strong(headline), ` Checked at ${clockTime(message.at)}; nothing was started.`),
    bulletList(
      ...(message.repository === null
        ? []
        : [line('Repository: ', link(message.repository.name, message.repository.url), ', ', ...sourceText(message.repository.source))]),
      ...message.lines.map((item) => line(...checkWords(item))),
    ),
  );
}

function checkWords(item: CheckLine): (InlineNode | string)[] {
  return [`${SUBJECTS[item.subject]}: `, ...(item.ok ? [] : [strong('not in order. ')]), item.detail];
}

const SUBJECTS: Record<CheckLine['subject'], string> = {
  repository: 'Where the code is',
  branch: 'Branch',
  account: 'Your account',
  access: 'Your rights',
  gate: 'Rules of the project',
  limits: 'Limits',
};

export function renderFailure(message: FailureMessage): DocumentNode {
  const why = `This request could not be processed, because ${CAUSES[message.reason]}.`;
  return doc(
    paragraph(`${why} It was tried several times, and the administrators can see it. Please ask again later.`),
    paragraph(emphasis('Trace: '), code(message.traceId)),
  );
}

const CAUSES: Record<FailedReason, string> = {
  service_account_rejected: 'Jira did not let the account of OpenHands in',
  service_account_forbidden: 'the account of OpenHands lacked a right in this project',
  jira_unreachable: 'Jira did not answer',
  jira_site_renamed: 'this Jira has moved to another address',
  jira_rate_limited: 'Jira wanted fewer calls',
  jira_unexpected_answer: 'Jira answered in a way that could not be understood',
  git_provider_unreachable: 'the git host did not answer',
  internal_error: 'of an error in the service that connects Jira and OpenHands',
};
