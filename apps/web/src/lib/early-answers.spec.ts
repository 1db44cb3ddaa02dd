import { FakeServer } from '../testing/fake-server.js';
import { request } from './api.js';
import { askEarly, takeEarly } from './early-answers.js';
import { z } from 'zod';

const Named = z.object({ name: z.string() });

/** Until the questions that follow from the first answer are asked, too. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

let server: FakeServer;
beforeEach(() => (server = new FakeServer()));
afterEach(() => ['/api/v1/me', '/api/v1/integrations', '/auth/providers'].forEach(takeEarly));

const asked = () => server.calls.map(({ path }) => path);

test('Who is signed in has the integrations asked for before the screen has arrived', async () => {
  server.answer('GET /api/v1/me', { body: { name: 'Ada' } });
  askEarly('/');
  await settled();
  expect(asked()).toEqual(['/api/v1/me', '/api/v1/integrations']);
});

test('Who is not signed in has the git providers asked for', async () => {
  server.refuse('GET /api/v1/me', 401, 'unauthenticated', 'Sign in first.');
  askEarly('/settings/integrations');
  await settled();
  expect(asked()).toEqual(['/api/v1/me', '/auth/providers']);
});

test.each([['/sign-in', ['/auth/providers']], ['/activity', ['/api/v1/me']]])('At %s only %s is asked for', async (address, questions) => {
  server.answer('GET /api/v1/me', { body: { name: 'Ada' } });
  askEarly(address);
  await settled();
  expect(asked()).toEqual(questions);
});

test('An early answer is used once, by whoever asks the same; the next one asks again', async () => {
  server.answer('GET /api/v1/me', { body: { name: 'Ada' } });
  askEarly('/account');
  expect(await request('/api/v1/me', Named)).toEqual({ name: 'Ada' });
  expect(asked()).toEqual(['/api/v1/me']);
  await request('/api/v1/me', Named);
  expect(asked()).toEqual(['/api/v1/me', '/api/v1/me']);
});

test('A server that is away is told by the screen, in its own words', async () => {
  server.answer('GET /api/v1/me', 'offline');
  askEarly('/');
  await settled();
  await expect(request('/api/v1/me', Named)).rejects.toMatchObject({ code: 'offline' });
});
