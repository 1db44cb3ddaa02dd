/**
 * The first program of a visit, small on purpose. It asks the server what the first screen will ask, lets the browser paint what
 * the address holds by itself, and then runs the large parts one after the other, so that no long piece of work holds up the
 * person. The large parts are on their way meanwhile: the address names them (see `vite.config.ts`).
 */
import '@openhands-jira/ui/ui.css';
import './app/app.css';
import { startColours } from './app/colour-scheme.js';
import { askEarly } from './lib/early-answers.js';

/** A window that is hidden paints nothing; then it is not waited for. Milliseconds. */
const LONGEST_WAIT = 500;

startColours();
askEarly(window.location.pathname);
void run();

async function run(): Promise<void> {
  await painted();
  await import('react-dom/client');
  await breath();
  await import('./lib/api.js');
  await breath();
  const { start } = await import('./start.js');
  start();
}

function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, document.hidden ? 0 : LONGEST_WAIT);
  });
}

/** Lets the browser do what waits. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
