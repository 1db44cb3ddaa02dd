/**
 * The guide of Jira Data Center as its readers live it: an administrator enters the server, connects the own account, sets the webhook
 * up in both ways, and removes it again. Each test goes on where the one before it ended.
 */
import { expect, test } from '@playwright/test';
import { CREDENTIALS, DATA_CENTER_KEYS } from '../../../tools/sandbox/seed.ts';
import { Installation } from './installation.js';
import { look, tracesOf } from './look.js';
import { Person } from './person.js';

test.describe.configure({ mode: 'serial' });

let installation: Installation;
let ada: Person;
let ben: Person;
const ADMIN_TOKEN = 'Personal access token of a Jira administrator';

test.beforeAll(async ({ browser }) => {
  // The sandbox speaks plain HTTP, which must be allowed by name.
  installation = await Installation.start({ OUTBOUND_ALLOWED_HOSTS: 'localhost' });
  ada = await Person.signedIn(browser, installation, 'ada');
});

test.afterAll(async () => {
  await installation?.stop();
});

test.afterEach(() => {
  ada?.expectNoComplaints();
  ben?.expectNoComplaints();
});

test('An administrator enters the server and its credentials, and what is missing is named', async () => {
  const { page } = ada;
  await expect(page.getByRole('heading', { name: 'Ready to ask?' })).toBeVisible();
  await expect(page.getByText('Jira Data Center is switched off.')).toBeVisible();
  await look(page, 'integrations-off');
  await page.getByRole('link', { name: 'Installation', exact: true }).click();
  await page.getByRole('switch', { name: 'Enable Jira Data Center Integration' }).press('Space');
  await ada.field('Jira Data Center Base URL').fill('jira.example.com');
  await ada.button('Save').click();
  await expect(page.getByText('These fields need attention')).toBeVisible();
  await expect(ada.field('Jira Data Center Base URL')).toHaveAttribute('aria-invalid', 'true');
  await look(page, 'installation-missing');
  await ada.field('Jira Data Center Base URL').fill(installation.sandbox.urls.jiraDataCenter);
  await ada.field('Jira Data Center Service Account Email').fill(CREDENTIALS.dataCenterAccountEmail);
  await ada.field('Jira Data Center Service Account PAT').fill(CREDENTIALS.dataCenterPat);
  await ada.field('Jira Data Center OAuth Client ID').fill(CREDENTIALS.oauthClientId);
  await ada.field('Jira Data Center OAuth Client Secret').fill(CREDENTIALS.oauthClientSecret);
  await ada.button('Save').click();
  await expect(page.getByText('Saved. It counts at once.')).toBeVisible();
  expect(await tracesOf(page, CREDENTIALS.dataCenterPat)).toEqual([]);
  expect(await tracesOf(page, CREDENTIALS.oauthClientSecret)).toEqual([]);
});

test('The connection is tested step by step', async () => {
  await ada.button('Test').click();
  await expect(ada.page.getByText('All checks passed.').first()).toBeVisible();
  await look(ada.page, 'installation');
});

test('The own account is connected with consent at Jira', async () => {
  await ada.page.getByRole('link', { name: 'Go on: connect your account and set up the webhook' }).click();
  await expect(ada.heading('Jira Data Center')).toBeVisible();
  await look(ada.page, 'data-center');
  installation.sandbox.jiraDataCenter.consent.autoConsent(DATA_CENTER_KEYS.ada);
  await ada.button('Connect').click();
  await expect(ada.page).toHaveURL(/product=jira-data-center&result=linked/);
  await ada.page.getByRole('link', { name: 'Back to the integrations' }).click();
  await ada.page.getByRole('link', { name: 'Set up the webhook: Jira Data Center' }).click();
  await expect(ada.page.getByText('Linked as Ada Admin')).toBeVisible();
});

test('A token without the right is refused in words, and the manual way stays open', async () => {
  ada.expects('422 PUT /api/v1/jira-data-center/webhook');
  await ada.field(ADMIN_TOKEN).fill(CREDENTIALS.dataCenterPatOfBen);
  await ada.button('Install the webhook').click();
  await expect(ada.field(ADMIN_TOKEN)).toHaveAttribute('aria-invalid', 'true');
  await expect(ada.page.getByText('This token belongs to somebody who may not create global webhooks')).toBeVisible();
  await expect(ada.page.getByText('Somebody can enter the webhook in Jira by hand instead')).toBeVisible();
  await look(ada.page, 'data-center-refused');
});

test('The manual way shows the details once and ends with a confirmation', async () => {
  const { page } = ada;
  await page.getByRole('radio', { name: 'Set it up in Jira myself' }).press('Space');
  await ada.button('Generate webhook details').click();
  const secret = await ada.field('Signing secret').inputValue();
  const url = await ada.field('Webhook URL').inputValue();
  await look(page, 'data-center-details');
  installation.sandbox.dataCenterActions.registerWebhook(url, { secret });
  await ada.button('I created the webhook').click();
  await expect(page.getByText('The connection is active')).toBeVisible();
  expect(await tracesOf(page, secret)).toEqual([]);
  await expect(page.getByText('Waiting for the first signed delivery from Jira')).toBeVisible();
  installation.sandbox.dataCenterActions.comment('SHOP-12', 'ada', 'Could somebody look at this?');
  await expect(page.getByText('Jira reaches us, and the signature is right.')).toBeVisible();
  await look(page, 'data-center-active');
});

test('The connection is paused and resumed with one click each', async () => {
  await ada.button('Pause').click();
  await expect(ada.page.getByText('The connection is paused.')).toBeVisible();
  await ada.button('Resume').click();
  await expect(ada.page.getByText('The connection works again.')).toBeVisible();
});

test('A rotated secret is shown once', async () => {
  await ada.button('Rotate secret').click();
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Rotate secret' }).click();
  await expect(ada.page.getByRole('dialog', { name: 'The new signing secret' })).toBeVisible();
  const secret = await ada.field('Signing secret').inputValue();
  await look(ada.page, 'data-center-rotated');
  await ada.page.keyboard.press('Escape');
  await ada.button('Back to the value').click();
  await ada.button('I have entered it in Jira').click();
  expect(await tracesOf(ada.page, secret)).toEqual([]);
});

test('Reinstalling takes the token of an administrator once', async () => {
  await ada.button('Reinstall').click();
  const automatic = ada.page.getByRole('radio', { name: 'Install automatically' });
  await automatic.press('Space');
  await ada.field(ADMIN_TOKEN).fill(CREDENTIALS.dataCenterAdminPat);
  await ada.button('Install the webhook').click();
  await expect(ada.page.getByText('The webhook is installed in Jira')).toBeVisible();
  expect(await tracesOf(ada.page, CREDENTIALS.dataCenterAdminPat)).toEqual([]);
});

test('A teammate sees the own account only, and connects it', async ({ browser }) => {
  ben = await Person.signedIn(browser, installation, 'ben');
  await ben.page.getByRole('link', { name: 'Connect: Jira Data Center' }).click();
  await expect(ben.button('Connect')).toBeVisible();
  await expect(ben.page.getByRole('heading', { name: 'Webhook' })).toHaveCount(0);
  await expect(ben.page.getByText('administrator')).toHaveCount(0);
  await look(ben.page, 'data-center-member');
  installation.sandbox.jiraDataCenter.consent.autoConsent(DATA_CENTER_KEYS.ben);
  await ben.button('Connect').click();
  await expect(ben.page).toHaveURL(/product=jira-data-center&result=linked/);
  await look(ben.page, 'data-center-linked');
});

test('Where the e-mail address decides, people are linked without a visit to Jira', async () => {
  await ada.page.getByRole('link', { name: 'Installation', exact: true }).click();
  await ada.page.getByRole('radio', { name: 'Email match' }).press('Space');
  await ada.button('Save').click();
  await expect(ada.page.getByText('Saved. It counts at once.')).toBeVisible();
  await ben.page.goto('/settings/integrations/jira-data-center');
  await expect(ben.page.getByText('your e-mail address decides')).toBeVisible();
  await ben.button('Unlink').click();
  await ben.page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
  await expect(ben.page.getByText('Your Jira account is unlinked.')).toBeVisible();
  await look(ben.page, 'data-center-email');
  await ben.button('Link account').click();
  await expect(ben.page.getByText('Your account is linked as Ben Builder.')).toBeVisible();
  await look(ben.page, 'data-center-email-linked');
});

test('Removing names what ends, asks for the name, and says what stays in Jira', async () => {
  const { page } = ada;
  await page.goto('/settings/integrations/jira-data-center');
  await ada.button('Remove').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('2 linked people are unlinked.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(dialog.getByText(/This is not/)).toBeVisible();
  await look(page, 'data-center-remove');
  await dialog.getByLabel(/^Type/).fill(new URL(installation.sandbox.urls.jiraDataCenter).host);
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('The connection is removed')).toBeVisible();
  await expect(page.getByText('The webhook is still in Jira.')).toBeVisible();
  await look(page, 'data-center-removed');
});
