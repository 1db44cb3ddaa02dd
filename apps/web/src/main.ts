/**
 * The first program of a visit, small on purpose. It asks the server what the first screen will ask, lets the browser paint what
 * the address holds by itself, and then loads the large parts together and runs them one after the other, so that no long piece of
 * work holds up the person.
 */
import '@openhands-jira/ui/ui.css';
import './app/app.css';
import { startColours } from './app/colour-scheme.js';
import { askEarly } from './lib/early-answers.js';

/** The paint is waited for at most so long, in milliseconds. */
const LONGEST_WAIT = 500;

startColours();
askEarly(window.location.pathname);
void run();

async function run(): Promise<void> {
  await painted();
  loadParts();
  await import('react-dom/client');
  await breath();
  await import('./lib/api.js');
  await breath();
  const { start } = await import('./start.js');
  start();
}

/** The address names all parts (see `vite.config.ts`). Reading a program takes as long as running it, so it does not begin before the paint. */
function loadParts(): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel=later]')) link.rel = 'modulepreload';
}

/** A window that is hidden paints nothing; then nothing is waited for. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    new PerformanceObserver(() => resolve()).observe({ type: 'paint', buffered: true });
    setTimeout(resolve, document.hidden ? 0 : LONGEST_WAIT);
  });
}

/** Lets the browser do what waits. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
