/** The public guides name fields, buttons and places. Whoever reads them must find each under the same words here. */
import { accountTexts } from './texts-of-account.js';
import { cloudTexts } from './texts-of-cloud.js';
import { dataCenterTexts } from './texts-of-data-center.js';
import { installationTexts } from './texts-of-installation.js';
import { texts } from './texts.js';

/** Every word of a catalogue; a sentence with values is left out. */
function wordsOf(part: unknown): string[] {
  if (typeof part === 'string') return [part];
  return part !== null && typeof part === 'object' ? Object.values(part).flatMap(wordsOf) : [];
}

const MENU = wordsOf(texts.app);
const LIST = wordsOf([texts.integrations, texts.products]);
const CLOUD = [...wordsOf(cloudTexts), ...cloudTexts.webhookSteps('')];
const DATA_CENTER = wordsOf(dataCenterTexts);
const INSTALLATION = wordsOf(installationTexts);

describe('the names of the guides', () => {
  it.each([
    ['Settings', MENU], ['Integrations', MENU], ['Jira Cloud', LIST], ['Jira Data Center', LIST], ['Configure', LIST], ['Edit', LIST], ['Connect', LIST],
    ['Workspace name', CLOUD], ['Connect', CLOUD], ['Webhook Secret', CLOUD], ['Service Account Email', CLOUD], ['Service Account API Key', CLOUD], ['Active', CLOUD], ['Update', CLOUD], ['Unlink', CLOUD],
    ['Issue updated', CLOUD], ['Comment created', CLOUD],
    ['Jira Data Center Integration', INSTALLATION], ['Enable Jira Data Center Integration', INSTALLATION], ['User linking method', INSTALLATION], ['OAuth', INSTALLATION], ['Email match', INSTALLATION],
    ['Jira Data Center Service Account Email', INSTALLATION], ['Jira Data Center Service Account PAT', INSTALLATION], ['Jira Data Center Base URL', INSTALLATION],
    ['Jira Data Center OAuth Client ID', INSTALLATION], ['Jira Data Center OAuth Client Secret', INSTALLATION], ['Additional Trusted CA Certificates', INSTALLATION], ['Save', INSTALLATION],
    ['Connect', DATA_CENTER], ['Install automatically', DATA_CENTER], ['Set it up in Jira myself', DATA_CENTER], ['Generate webhook details', DATA_CENTER], ['Webhook URL', DATA_CENTER], ['Signing secret', DATA_CENTER], ['I created the webhook', DATA_CENTER],
  ])('"%s" is the whole word of a field, a button or a place', (name, words) => {
    expect(words).toContain(name);
  });

  it.each([
    ['Admin Console', [installationTexts.title]],
    ['OpenHands Agent', CLOUD], ['read:me, read:jira-work and write:jira-work', CLOUD], ['365 days', CLOUD], ['Name: OpenHands Cloud Integration', CLOUD], ['Status: Enabled', CLOUD], ['JQL filter empty', CLOUD],
    ['Name it OpenHands,', DATA_CENTER], ['https://jira.example.com', INSTALLATION], ['External application, Incoming', INSTALLATION],
  ])('"%s" stands in the steps', (words, places) => {
    expect(places.join('\n')).toContain(words);
  });

  it('the account page is named as the comments in issues name it', () => {
    expect(accountTexts.title).toBe(texts.app.account);
  });
});
