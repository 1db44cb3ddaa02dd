/** Looking at a screen as everybody gets it: light and dark, by rules of accessibility, and on the narrowest window. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { join } from 'node:path';
import { WINDOW } from './person.js';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** The rules whose answer depends on the colours; all others are asked once per screen. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
const NARROW = { width: 320, height: 800 };
const SCREENS = join(import.meta.dirname, '../test-output/screens');

/** Checks the screen in all its looks and keeps a picture of each. Failures do not end the story, so that one run names all of them. */
export async function look(page: Page, name: string): Promise<void> {
  await inColours(page, 'dark');
  expect.soft(await breaches(page, COLOUR_RULES), `${name}, dark: rules of accessibility that are broken`).toEqual([]);
  await pictureOf(page, `${name}.dark`);
  await inColours(page, 'light');
  expect.soft(await breaches(page), `${name}, light: rules of accessibility that are broken`).toEqual([]);
  await pictureOf(page, `${name}.light`);
  await page.setViewportSize(NARROW);
  expect.soft(await overflow(page), `${name}: pixels that stick out at a width of ${NARROW.width}`).toBe(0);
  await pictureOf(page, `${name}.narrow`);
  await page.setViewportSize(WINDOW);
}

async function inColours(page: Page, colorScheme: 'dark' | 'light'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
}

/** One line per broken rule, with the first element that breaks it. Without a list all rules are asked. */
async function breaches(page: Page, only?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (only ? axe.withRules(only) : axe.withTags(RULES)).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')} ${nodes[0]?.failureSummary ?? ''}`);
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** What does not fit into the window: the page itself when it scrolls sideways, controls that stick out, and words that are cut off. */
export function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    const name = (element: Element): string => `${element.tagName} ${element.id} ${element.getAttribute('aria-label') ?? element.textContent?.slice(0, 60)}`;
    const controls = [...document.querySelectorAll('main button, main a, main input:not([type=hidden]), main select, main textarea, header a, header button, footer button')].filter((element) => element.checkVisibility({ visibilityProperty: true }));
    const sticksOut = controls.filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && (left < -1 || right > clientWidth + 1);
    });
    // What is there for screen readers alone is a pixel wide; what can be scrolled is not lost.
    const words = [...document.querySelectorAll('header *, main *, footer *')].filter((element) => !['INPUT', 'TEXTAREA', 'SELECT', 'OPTION'].includes(element.tagName) && element.textContent?.trim() && element.clientWidth > 1 && element.checkVisibility({ visibilityProperty: true }));
    const isCut = words.filter((element) => element.scrollWidth > element.clientWidth + 1 && (['BUTTON', 'A'].includes(element.tagName) || ['hidden', 'clip'].includes(getComputedStyle(element).overflowX)));
    return [...(scrollWidth > clientWidth ? [`the page is ${scrollWidth - clientWidth} pixels too wide`] : []), ...sticksOut.map((one) => `sticks out: ${name(one)}`), ...isCut.map((one) => `is cut off: ${name(one)}`)];
  });
}

/** What is shown to be copied and is no plain address, and revealed fields for secrets: pictures are kept longer than secrets may be seen. */
const SECRETS = 'input.ui-copy-value:not([value^="http"]), input.ui-copy-value[value*="#"], input[type="text"][autocomplete="new-password"]';

/** Keeps a picture of the whole screen as it is now, with secrets covered. */
export async function pictureOf(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true, mask: [page.locator(SECRETS)], maskColor: '#808080' });
}

/** Where in this page a value can still be read: markup, fields, address, storage. */
export function tracesOf(page: Page, secret: string): Promise<string[]> {
  return page.evaluate((value) => {
    const fields = [...document.querySelectorAll('input, textarea, select')].map((field) => (field as HTMLInputElement).value).join('\n');
    const places = { markup: document.documentElement.outerHTML, fields, address: location.href, cookies: document.cookie, localStorage: JSON.stringify(localStorage), sessionStorage: JSON.stringify(sessionStorage), history: JSON.stringify(history.state) ?? '' };
    return Object.entries(places).flatMap(([place, text]) => (text.includes(value) ? [place] : []));
  }, secret);
}
