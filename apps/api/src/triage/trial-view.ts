/** What a trial would have written and started, as the REST contract shows it. */
import type { TrialComment, TrialJob } from '@openhands-jira/contracts';
import { type Message, messageLinks, renderMessage, toAdf, toWikiMarkup, wikiToText } from '@openhands-jira/domain';
import type { AppConfig } from '../config/config.js';
import type { NewJob } from '../jobs/jobs.service.js';
import { withoutAddresses } from '../security/hidden-addresses.js';

/** A comment in both formats, and as text. */
export function shownComment(message: Message, { triggerMention: token, triggerLabel: label, publicUrl }: Pick<AppConfig, 'triggerMention' | 'triggerLabel' | 'publicUrl'>): TrialComment {
  const body = renderMessage(message, { token, label, links: messageLinks(publicUrl) });
  const wiki = toWikiMarkup(body);
  const adf = toAdf(body);
  return { adf, wiki, text: wikiToText(wiki) };
}

/** The request to the agent, without ids that mean nothing to people. */
export function shownJob({ trigger, actor, repository, prompt, followUpPrompt, systemSuffix }: NewJob): TrialJob {
  return { trigger, requestedBy: actor.displayName, repository, prompt, followUpPrompt, systemSuffix };
}

/** An answer is read by other people than the issue, so it shows no e-mail addresses. */
export function withHiddenAddresses<T>(answer: T): T {
  return JSON.parse(withoutAddresses(JSON.stringify(answer))) as T;
}
