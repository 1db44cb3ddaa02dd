/** Both Jiras are set up, linked and ended without a pointer: only keys, each field reached with Tab, and the focus always in sight. */
import { expect, test, type Locator } from '@playwright/test';
import { ACCOUNTS, CREDENTIALS, DATA_CENTER_KEYS } from '../../../tools/sandbox/seed.ts';
import { Installation } from './installation.js';
import { look, tracesOf } from './look.js';
import { Person } from './person.js';

test.describe.configure({ mode: 'serial' });

let installation: Installation;

test.beforeAll(async () => {
  // The server of Jira Data Center comes from the environment: entering it is another story.
  installation = await Installation.start((sandbox) => sandbox.dataCenterEnvironment());
});

test.afterAll(async () => {
  await installation?.stop();
});

/** More steps than any screen has. */
const PATIENCE = 40;

/** Presses Tab until the element has the focus. What has the focus meanwhile must not be hidden behind something else. */
async function tabTo(wanted: Locator): Promise<void> {
  const page = wanted.page();
  await expect(wanted).toBeVisible();
  for (let step = 0; step < PATIENCE; step += 1) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(hiddenFocus)).toBeNull();
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${String(wanted)} cannot be reached with Tab.`);
}

/** Tabs to something and presses Enter on it. */
async function press(wanted: Locator): Promise<void> {
  await tabTo(wanted);
  await wanted.page().keyboard.press('Enter');
}

/** The element with the focus, when something else lies over its middle; null when it can be seen. */
function hiddenFocus(): string | null {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const { left, top, width, height } = focused.getBoundingClientRect();
  const seen = document.elementFromPoint(left + width / 2, top + height / 2);
  const isSeen = !seen || focused.contains(seen) || seen.contains(focused) || (focused instanceof HTMLInputElement && [...(focused.labels ?? [])].some((label) => label.parentElement?.contains(seen)));
  return isSeen ? null : `${focused.outerHTML.slice(0, 200)} is behind ${seen.outerHTML.slice(0, 200)}`;
}

test('A workspace is configured with keys only', async ({ browser }) => {
  const ada = await Person.signedIn(browser, installation, 'ada');
  const { page } = ada;
  await tabTo(page.getByRole('link', { name: 'Configure: Jira Cloud' }));
  await page.keyboard.press('Enter');
  await expect(ada.heading('Jira Cloud')).toBeFocused();
  await tabTo(ada.field('Workspace name'));
  await page.keyboard.type('acme');
  await page.keyboard.press('Enter');
  await expect(ada.field('Webhook Secret')).toBeFocused();
  await page.keyboard.type(CREDENTIALS.webhookSecret);
  await tabTo(ada.field('Service Account Email'));
  await page.keyboard.type(CREDENTIALS.serviceAccountEmail);
  await tabTo(ada.field('Service Account API Key'));
  await page.keyboard.type('a-wrong-token');
  ada.expects('422 POST /api/v1/jira-cloud/workspaces');
  await page.keyboard.press('Enter');
  await expect(ada.field('Service Account API Key')).toHaveAttribute('aria-invalid', 'true');
  await expect(ada.field('Service Account API Key')).toBeFocused();
  await page.keyboard.press('Control+A');
  await page.keyboard.type(CREDENTIALS.serviceAccountToken);
  await tabTo(page.getByRole('switch', { name: 'Active' }));
  await page.keyboard.press('Space');
  await expect(page.getByRole('switch', { name: 'Active' })).not.toBeChecked();
  await page.keyboard.press('Space');
  installation.sandbox.atlassian.consent.autoConsent(ACCOUNTS.ada);
  await tabTo(ada.button('Connect'));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/result=configured/);
  ada.expectNoComplaints();
});

test('The activity is filtered, and a decision with its steps is opened, with keys only', async ({ browser }) => {
  const ada = await Person.signedIn(browser, installation, 'ada');
  const { page } = ada;
  await press(page.getByRole('link', { name: 'Edit: Jira Cloud' }));
  installation.sandbox.actions.registerWebhook(await ada.field('Webhook URL').inputValue(), { secret: CREDENTIALS.webhookSecret });
  installation.sandbox.actions.comment('SHOP-13', 'cleo', 'Could somebody look at this?');
  await expect(page.getByText('Jira reaches us, and the signature is right.')).toBeVisible();
  await press(page.getByRole('navigation').getByRole('link', { name: 'Activity' }));
  await press(page.locator('summary').filter({ hasText: 'Filters' }));
  await tabTo(page.getByLabel('Outcome', { exact: true }));
  await page.keyboard.type('Ignored');
  await tabTo(page.getByLabel('Issue key'));
  await page.keyboard.type('shop-13');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/outcome=ignored.*issueKey=SHOP-13/);
  await press(page.getByRole('link', { name: 'Open Comment created, SHOP-13' }));
  await expect(ada.heading('Comment created, SHOP-13')).toBeFocused();
  await expect(page.getByRole('heading', { name: 'How it was decided' })).toBeVisible();
  await press(page.locator('summary').filter({ hasText: 'Body' }));
  await expect(page.getByText('Could somebody look at this?')).toBeVisible();
  ada.expectNoComplaints();
});

test('A Jira administrator without an account opens the link of somebody who set up, with keys only', async ({ browser }) => {
  const ada = await Person.signedIn(browser, installation, 'ada');
  await press(ada.page.getByRole('link', { name: 'Edit: Jira Cloud' }));
  await press(ada.page.locator('summary').filter({ hasText: 'Somebody else is the Jira administrator' }));
  await press(ada.button('Make a link'));
  const link = await ada.field('Link for the Jira administrator').inputValue();
  await look(ada.page, 'delegation-made');

  const administrator = await Person.arrive(browser, installation);
  const { page } = administrator;
  await page.goto(link);
  await expect(administrator.heading('Create the webhook in Jira')).toBeVisible();
  await look(page, 'delegation');
  await press(administrator.button('Show the details'));
  const secret = await administrator.field('Secret').inputValue();
  await look(page, 'delegation-opened');
  expect(await tracesOf(page, new URL(link).hash.slice(1))).toEqual([]);
  await tabTo(administrator.button('Copy: Secret'));
  await page.reload();
  await expect(page.getByText('The link is not complete')).toBeVisible();
  expect(await tracesOf(page, secret)).toEqual([]);
  await expect(ada.page.getByText('The link was opened.')).toBeVisible();
  administrator.expectNoComplaints();
  ada.expectNoComplaints();
});

test('A colleague links and unlinks the own account with keys only', async ({ browser }) => {
  const ben = await Person.signedIn(browser, installation, 'ben');
  const { page } = ben;
  await tabTo(page.getByRole('link', { name: 'Configure: Jira Cloud' }));
  await page.keyboard.press('Enter');
  await tabTo(ben.field('Workspace name'));
  await page.keyboard.type('acme');
  installation.sandbox.atlassian.consent.autoConsent(ACCOUNTS.ben);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/result=linked/);
  await tabTo(page.getByRole('link', { name: 'Back to the integrations' }));
  await page.keyboard.press('Enter');
  await tabTo(page.getByRole('link', { name: 'Edit: Jira Cloud' }));
  await page.keyboard.press('Enter');
  const unlink = ben.button('Unlink');
  await tabTo(unlink);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(unlink).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('button', { name: 'Unlink' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Configure: Jira Cloud' })).toBeVisible();
  ben.expectNoComplaints();
});

test('The webhook of Jira Data Center is set up by hand, its secret rotated, and the connection paused and removed with keys only', async ({ browser }) => {
  const ada = await Person.signedIn(browser, installation, 'ada');
  const { page } = ada;
  await tabTo(page.getByRole('link', { name: 'Connect: Jira Data Center' }));
  await page.keyboard.press('Enter');
  await expect(ada.heading('Jira Data Center')).toBeFocused();
  installation.sandbox.jiraDataCenter.consent.autoConsent(DATA_CENTER_KEYS.ada);
  await press(ada.button('Connect'));
  await expect(page).toHaveURL(/result=linked/);
  await press(page.getByRole('link', { name: 'See Jira Data Center' }));
  await tabTo(page.getByRole('radio', { name: 'Install automatically' }));
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'Set it up in Jira myself' })).toBeChecked();
  await press(ada.button('Generate webhook details'));
  await tabTo(ada.field('Signing secret'));
  await press(ada.button('Copy: Signing secret'));
  await expect(ada.button('Copied: Signing secret')).toBeFocused();
  await press(ada.button('I created the webhook'));
  await expect(page.getByText('The connection is active')).toBeVisible();
  await press(ada.button('Pause'));
  await expect(page.getByText('The connection is paused.')).toBeVisible();
  await press(ada.button('Resume'));
  await expect(page.getByText('The connection works again.')).toBeVisible();
  await press(ada.button('Rotate secret'));
  await page.keyboard.press('Enter');
  await press(ada.button('I have entered it in Jira'));
  await expect(ada.button('Rotate secret')).toBeFocused();
  await press(ada.button('Remove'));
  const host = page.getByLabel(/^Type .* to confirm/);
  await tabTo(host);
  await page.keyboard.type(new URL(installation.sandbox.urls.jiraDataCenter).host);
  await page.keyboard.press('Enter');
  await expect(page.getByText('The connection is removed')).toBeVisible();
  ada.expectNoComplaints();
});

test('The webhook of Jira Data Center is installed automatically, and a teammate links and unlinks, with keys only', async ({ browser }) => {
  const ada = await Person.signedIn(browser, installation, 'ada');
  await press(ada.page.getByRole('link', { name: 'Set up the webhook: Jira Data Center' }));
  await tabTo(ada.field('Personal access token of a Jira administrator'));
  await ada.page.keyboard.type(CREDENTIALS.dataCenterAdminPat);
  await ada.page.keyboard.press('Enter');
  await expect(ada.page.getByText('The webhook is installed in Jira')).toBeVisible();
  ada.expectNoComplaints();

  const ben = await Person.signedIn(browser, installation, 'ben');
  await press(ben.page.getByRole('link', { name: 'Connect: Jira Data Center' }));
  installation.sandbox.jiraDataCenter.consent.autoConsent(DATA_CENTER_KEYS.ben);
  await press(ben.button('Connect'));
  await press(ben.page.getByRole('link', { name: 'See Jira Data Center' }));
  await press(ben.button('Unlink'));
  await expect(ben.page.getByRole('dialog').getByRole('button', { name: 'Unlink' })).toBeFocused();
  await ben.page.keyboard.press('Enter');
  await expect(ben.page.getByText('Your Jira account is unlinked.')).toBeVisible();
  ben.expectNoComplaints();
});
