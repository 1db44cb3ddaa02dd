/**
 * The main screens as somebody gets them on the narrowest window (also: 400 % zoom on a usual one) and at 200 % zoom, from left to
 * right and from right to left; and on the way the rules of a connection.
 */
import { expect, test } from '@playwright/test';
import { ACCOUNTS, CREDENTIALS } from '../../../tools/sandbox/seed.ts';
import { Installation } from './installation.js';
import { look, misfits, pictureOf } from './look.js';
import { Person, WINDOW } from './person.js';

test.describe.configure({ mode: 'serial' });

let installation: Installation;
let ada: Person;
/** Of the connected workspace. */
let connectionId: string;

test.beforeAll(async ({ browser }) => {
  installation = await Installation.start((sandbox) => sandbox.dataCenterEnvironment());
  ada = await Person.signedIn(browser, installation, 'ada');
});

test.afterAll(async () => {
  await installation?.stop();
});

test.afterEach(() => ada?.expectNoComplaints());

/** Asks the API as the page does. */
function ask(path: string, body?: object): Promise<unknown> {
  return ada.page.evaluate(async ([url, json]) => {
    const answer = await fetch(url!, json ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: json } : {});
    return answer.json();
  }, [path, body && JSON.stringify(body)]);
}

test('The rules of a connection are set, and say beforehand what they would change', async () => {
  const { sandbox } = installation;
  const { page } = ada;
  const { authorizationUrl } = (await ask('/api/v1/jira-cloud/workspaces', { site: 'acme', webhookSecret: CREDENTIALS.webhookSecret, serviceAccountEmail: CREDENTIALS.serviceAccountEmail, serviceAccountApiToken: CREDENTIALS.serviceAccountToken, active: true })) as { authorizationUrl: string };
  sandbox.atlassian.consent.autoConsent(ACCOUNTS.ada);
  await page.goto(authorizationUrl);
  await page.getByRole('link', { name: 'Back to the integrations' }).click();
  await page.getByRole('link', { name: 'Edit: Jira Cloud' }).click();
  const url = await ada.field('Webhook URL').inputValue();
  connectionId = url.match(/connections\/([0-9a-f-]+)\//)?.[1] ?? '';
  sandbox.actions.registerWebhook(url, { secret: CREDENTIALS.webhookSecret });
  sandbox.actions.comment('SHOP-13', 'ada', '@openhands please look at this');
  await expect(page.getByText('Jira reaches us, and the signature is right.')).toBeVisible();
  await page.getByRole('link', { name: 'See the activity' }).click();
  await page.getByRole('row').filter({ hasText: 'Refused' }).getByRole('link', { name: 'Open Comment created, SHOP-13' }).click();
  await page.getByRole('link', { name: 'Open the rules of the connection' }).click();
  await ada.button('Add a project').click();
  await page.keyboard.type('bank');
  await ada.field('Labels of BANK').fill('not ready');
  await ada.button('Add a project').click();
  await ada.button('Save').click();
  await expect(page.getByText('These fields need attention')).toBeVisible();
  await look(page, 'rules-wrong');
  await ada.button('Remove the new project').click();
  await ada.field('Default repository of BANK').fill('acme/shop');
  await ada.field('Labels of BANK').fill('ready');
  await page.getByRole('radio', { name: 'Leave them alone' }).press('Space');
  await page.getByRole('radio', { name: 'Only people of a list' }).press('Space');
  await ada.field('People of the list').fill('ada@example.com');
  await expect(page.getByText(/Of the last \d+ deliveries/)).toBeVisible();
  await look(page, 'rules');
  await ada.button('Save').click();
  await expect(page.getByText('Saved. The rules count for whatever comes from now on.')).toBeVisible();
  await page.reload();
  await expect(ada.field('Labels of BANK')).toHaveValue('ready');
});

test('The saved connection is tested, and the button keeps the focus', async () => {
  const { page } = ada;
  await page.getByRole('link', { name: 'Back to the connection' }).click();
  await ada.button('Test').click();
  await expect(ada.button('Test')).toBeFocused();
  await expect(page.getByRole('list', { name: 'Results of the test' })).toBeVisible();
  await expect(ada.button('Test')).toBeFocused();
  await look(page, 'edit-tested');
});

test('A trial of a delivery, and a call that is tried, fit and can be read by everybody', async () => {
  const { page } = ada;
  const [delivery] = ((await ask('/api/v1/deliveries?limit=1')) as { items: { id: string }[] }).items;
  await page.goto(`/deliveries/${delivery?.id}`);
  await ada.button('Run as a trial').click();
  await expect(page.getByRole('group', { name: 'Result of the trial' })).toBeVisible();
  await expect(ada.button('Run as a trial')).toBeFocused();
  await look(page, 'delivery-trial');
  await page.goto(`/settings/connections/${connectionId}/try`);
  await page.getByLabel('Issue key').fill('SHOP-12');
  await page.getByLabel('Person').selectOption({ index: 1 });
  await ada.button('Try it').click();
  await expect(page.getByRole('region', { name: 'What would become of it' })).toBeVisible();
  await look(page, 'try-it');
});

test('Every main screen fits into the narrowest window and at 200 % zoom, in both directions of writing', async () => {
  const { page } = ada;
  const [delivery] = ((await ask('/api/v1/deliveries?limit=1')) as { items: { id: string }[] }).items;
  const screenOfOurs = await page.context().newCDPSession(page);
  const sizes: [string, () => Promise<unknown>][] = [
    ['narrowest', () => page.setViewportSize({ width: 320, height: 640 })],
    // What 200 % makes of a window of 1280 x 800: half of it in each direction, with two dots for each pixel.
    ['zoomed', () => screenOfOurs.send('Emulation.setDeviceMetricsOverride', { width: 640, height: 400, deviceScaleFactor: 2, mobile: false })],
  ];
  const screens: [string, string][] = [
    ['/settings/integrations', 'Integrations'], ['/settings/integrations/jira-cloud', 'Jira Cloud'], ['/settings/integrations/jira-cloud?another', 'Jira Cloud'],
    ['/settings/integrations/jira-data-center', 'Jira Data Center'], ['/settings/installation', 'Installation (Admin Console)'], [`/settings/connections/${connectionId}/rules`, 'Rules'], [`/settings/connections/${connectionId}/try`, 'Try it'],
    ['/activity', 'Activity'], ['/activity/jobs', 'Activity'], ['/activity/why?issueKey=SHOP-13', 'Activity'], [`/deliveries/${delivery?.id}`, 'Comment created, SHOP-13'], ['/account', 'Account'],
  ];
  for (const [address, heading] of screens) {
    await page.goto(address);
    await expect(ada.heading(heading)).toBeVisible();
    await expect(page.getByText('Loading', { exact: true })).toHaveCount(0);
    for (const [size, change] of sizes) {
      await change();
      for (const direction of ['ltr', 'rtl']) {
        await page.evaluate((dir) => void (document.documentElement.dir = dir), direction);
        expect.soft(await misfits(page), `${address}, ${size}, ${direction}`).toEqual([]);
      }
      await pictureOf(page, `${size}-right-to-left${address.replaceAll(/[0-9a-f-]{36}/g, '').replaceAll(/[^a-z]+/g, '-')}`);
    }
  }
  await page.setViewportSize(WINDOW);
});
