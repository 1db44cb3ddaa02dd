/**
 * What the first screen asks of the server, asked before the program of that screen has arrived. Each answer is for the first who
 * asks the same; nothing is kept beyond that.
 */

/** How everything is read from the server. */
export const READING: RequestInit = { credentials: 'same-origin', headers: { accept: 'application/json' } };

/** Addresses that show the integrations, or send whoever is not signed in to sign in. */
const FIRST_SCREEN = ['/', '/settings', '/settings/integrations'];

const answers = new Map<string, Promise<Response>>();

/** Asks what the screen at this path will ask. */
export function askEarly(pathname: string): void {
  if (pathname === '/sign-in') ask('/auth/providers').catch(() => undefined);
  else ask('/api/v1/me').then(({ status }) => FIRST_SCREEN.includes(pathname) && askNext(status), () => undefined);
}

/** The early answer to a question; undefined when it was not asked, or was taken already. */
export function takeEarly(path: string): Promise<Response> | undefined {
  const answer = answers.get(path);
  answers.delete(path);
  return answer;
}

function askNext(statusOfMe: number): void {
  if (statusOfMe === 200) ask('/api/v1/integrations').catch(() => undefined);
  if (statusOfMe === 401) ask('/auth/providers').catch(() => undefined);
}

function ask(path: string): Promise<Response> {
  const answer = fetch(path, READING);
  answers.set(path, answer);
  return answer;
}
