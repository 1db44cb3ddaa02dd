import { jest } from '@jest/globals';
import { QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import { Router } from '../../lib/router.js';
import { createQueryClient } from '../../lib/query.js';
import { FakeServer } from '../../testing/fake-server.js';
import { connection, owned } from '../../testing/samples.js';
import { FirstDelivery } from './first-delivery.js';

const LIST = 'GET /api/v1/integrations';

afterEach(() => jest.useRealTimers());

it.each([['while the first delivery is waited for', null, 12], ['less often after it has come', '2026-11-20T08:00:00.000Z', 3]])('The page goes on asking for deliveries %s', async (_, lastDeliveryAt, times) => {
  jest.useFakeTimers();
  const server = new FakeServer().answer(LIST, { body: { items: [owned] } });
  const shown = { ...connection, webhook: { ...connection.webhook, lastDeliveryAt } };
  render(<QueryClientProvider client={createQueryClient()}><Router><FirstDelivery integration={{ ...owned, connection: shown }} connection={shown} /></Router></QueryClientProvider>);
  await act(() => jest.advanceTimersByTimeAsync(45_000));
  expect(screen.getByRole('heading', { name: 'Deliveries from Jira' })).toBeVisible();
  expect(server.callsOf(LIST)).toHaveLength(times);
});
