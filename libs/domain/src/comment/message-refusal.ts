/**
 * Refusals: we were addressed, but cannot do it. Each says in one sentence why, in one sentence what to do, and links
 * to the decision. A person is called only when the next step is theirs alone: connecting an account.
 */
import type { RefusedReason } from '@openhands-jira/contracts';
import type { RepositoryFault } from '../repository-question.js';
import { code, doc, emphasis, link, paragraph, text } from './document.js';
import type { BlockNode, DocumentNode, InlineNode, ParagraphNode } from './document.js';
import { addressed, clockTime, codeList, command, settingsLink } from './message-context.js';
import type { MessageContext, MessagePerson } from './message-context.js';

/** What a refusal needs to know, by reason code. `issue_unreadable` is absent: there no comment can be written. */
interface RefusalFacts {
  user_not_linked: { person: MessagePerson };
  user_no_account: { person: MessagePerson };
  user_email_hidden: { person: MessagePerson };
  user_search_forbidden: object;
  user_link_ambiguous: { person: MessagePerson };
  user_link_expired: { person: MessagePerson };
  user_signin_expired: { person: MessagePerson };
  user_is_app: { appName: string };
  user_not_allowed: object;
  git_provider_not_connected: { host: string };
  git_signin_expired: { host: string };
  repo_missing: object;
  /** `value` as the person wrote it; `repository` for a branch that does not exist. */
  repo_invalid: { value: string; fault: RepositoryFault; repository?: string };
  repo_host_unknown: { host: string };
  repo_no_access: { repositories: string[] };
  repo_ambiguous: { repositories: string[] };
  /** What is missing, in the words of the project's setting: `label "ready"`. */
  gate_not_met: { missing: string[] };
  already_running: object;
  /** When the issue may start jobs again, ISO time. */
  issue_rate_limited: { retryAt: string };
  nothing_to_stop: object;
  nothing_to_retry: object;
  command_not_allowed: { command: string };
}

/** Reasons that can be told in the issue. */
export type ToldRefusal = Exclude<RefusedReason, 'issue_unreadable'>;

export type RefusalMessage = {
  [Code in ToldRefusal]: { kind: `refusal.${Code}`; deliveryId: string; askedAgainAt: string[] } & RefusalFacts[Code];
}[ToldRefusal];

/** Only the last times are shown. */
const SHOWN_REPEATS = 3;

export function renderRefusal(message: RefusalMessage, context: MessageContext): DocumentNode {
  const decision = paragraph(link('Why this was decided', context.links.decision(message.deliveryId)));
  return doc(...reason(message, context), ...repeats(message.askedAgainAt), decision);
}

function reason(message: RefusalMessage, context: MessageContext): BlockNode[] {
  switch (message.kind) {
    case 'refusal.user_not_linked':
    case 'refusal.user_no_account':
    case 'refusal.user_email_hidden':
    case 'refusal.user_link_ambiguous':
    case 'refusal.user_link_expired':
    case 'refusal.user_signin_expired':
      return [addressed(message.person, ...personText(message, context), ' Then ask again.')];
    default:
      return [paragraph(...otherText(message, context))];
  }
}

type PersonRefusal = Extract<RefusalMessage, { person: MessagePerson }>;
type Words = (InlineNode | string)[];

function personText(message: PersonRefusal, context: MessageContext): Words {
  const settings = settingsLink(context);
  const home = context.links.home;
  switch (message.kind) {
    case 'refusal.user_not_linked':
      return [
        'your Jira account is not connected to an account here, so this was not started. ',
        link('Sign up', home),
        ' if you have no account yet, then connect Jira in ',
        settings,
        '.',
      ];
    case 'refusal.user_no_account':
      return [
        'no account here has the e-mail address of your Jira account, so this was not started. Please ',
        link('sign up', home),
        ' and connect Jira in ',
        settings,
        '.',
      ];
    case 'refusal.user_email_hidden':
      return [
        'accounts are matched by e-mail here, and Jira does not show yours. Make it visible in your Jira profile ' +
          '(this may take some hours to have effect), or connect Jira in ',
        settings,
        '.',
      ];
    case 'refusal.user_link_ambiguous':
      return ['more than one account here could be yours. Please say which one by connecting Jira in ', settings, '.'];
    case 'refusal.user_link_expired':
      return [
        'the connection between your Jira account and your account here is no longer valid. Please connect Jira again in ',
        settings,
        '.',
      ];
    case 'refusal.user_signin_expired':
      return [
        'your sign-in here has ended, so nothing can be done in your name. Please ',
        link('sign in', home),
        ' once.',
      ];
  }
}

function otherText(message: Exclude<RefusalMessage, PersonRefusal>, context: MessageContext): Words {
  switch (message.kind) {
    case 'refusal.user_is_app':
      return [
        `This was asked by ${message.appName}, which is an app and not a person. A person can ask with `,
        command(context),
        ', or the administrator who owns the connection can allow this app in its rules.',
      ];
    case 'refusal.user_search_forbidden':
      return [
        'Accounts are matched by e-mail here, and Jira does not let the account of OpenHands look for people, so this was not started. ' +
          'Please ask an administrator: they find in the decision what that account lacks.',
      ];
    case 'refusal.user_not_allowed':
      return [
        'Your account is connected, but the rules of this connection do not let it start work here. If you need to, ask its administrators.',
      ];
    case 'refusal.git_provider_not_connected':
      return [
        'The repository is at ',
        code(message.host),
        ', where you have not connected a git account. Connect one on the page ',
        link('Account', context.links.account),
        ', then ask again.',
      ];
    case 'refusal.git_signin_expired':
      return [
        'Your git account at ',
        code(message.host),
        ' no longer lets us act for you. Sign in with it again on the page ',
        link('Account', context.links.account),
        ', then ask again.',
      ];
    case 'refusal.repo_missing':
      return [
        'No repository was found in this issue. Write ',
        code('Repository: owner/name'),
        ' on a line of its own in the description or in a comment, then ask again with ',
        command(context),
        '.',
      ];
    case 'refusal.repo_invalid':
      return invalidText(message);
    case 'refusal.repo_host_unknown':
      return [
        code(message.host),
        ' is not a git host of this installation. Name a repository at GitHub, GitLab, Bitbucket or Bitbucket Data Center that is set up here, or ask an administrator to add this host. Then ask again.',
      ];
    case 'refusal.repo_no_access':
      return [
        'Your git account cannot write to ',
        ...codeList(message.repositories),
        ', or it does not exist. Check the name and your rights there, then ask again.',
      ];
    case 'refusal.repo_ambiguous':
      return [
        'Several repositories are possible: ',
        ...codeList(message.repositories),
        '. Write exactly one as ',
        code('Repository: owner/name'),
        ' on a line of its own, then ask again.',
      ];
    case 'refusal.gate_not_met':
      return [
        'This project asks for something that is missing: ',
        ...codeList(message.missing),
        '. Add it, then ask again.',
      ];
    case 'refusal.already_running':
      return [
        'A job of this issue is running, so a fresh one cannot start. Stop it first with ',
        command(context, 'stop'),
        ', or leave out ',
        code('new:'),
        ' to send your words to the running job.',
      ];
    case 'refusal.issue_rate_limited':
      return [
        `This issue has started as many jobs as it may within an hour. It can start the next one at ${clockTime(message.retryAt)}: ask again then.`,
      ];
    case 'refusal.nothing_to_stop':
      return ['Nothing is running for this issue. To start work, comment with ', command(context), ' and your words.'];
    case 'refusal.nothing_to_retry':
      return [
        'There is no earlier job of this issue to repeat. To start work, comment with ',
        command(context),
        ' and your words.',
      ];
    case 'refusal.command_not_allowed':
      return [
        'You may not use ',
        command(context, message.command),
        ' here. The person who started the job, the assignee, people who may start work here and managers of the connection may: ask one of them.',
      ];
  }
}

function invalidText(message: Extract<RefusalMessage, { kind: 'refusal.repo_invalid' }>): Words {
  const value = code(message.value);
  switch (message.fault) {
    case 'reference':
      return [
        'The repository ',
        value,
        ' cannot be read. Write it as ',
        code('Repository: owner/name'),
        ', then ask again.',
      ];
    case 'branch_name':
      return [
        'The branch ',
        value,
        ' cannot be read. Write its name alone, as in ',
        code('Branch: main'),
        ', then ask again.',
      ];
    case 'branch_missing': {
      const place = message.repository === undefined ? ['the repository'] : [code(message.repository)];
      return [
        'The branch ',
        value,
        ' does not exist in ',
        ...place,
        '. Name one that exists, or leave it out for the default branch, then ask again.',
      ];
    }
  }
}

/** A repeat within a day edits the first refusal instead of adding a second one. */
function repeats(times: string[]): ParagraphNode[] {
  if (times.length === 0) return [];
  const shown = times.slice(-SHOWN_REPEATS).map(clockTime).join(', ');
  return [paragraph(emphasis(`Asked again at ${shown}.`), text(' The answer is the same.'))];
}
