import { jest } from '@jest/globals';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeServer } from '../../testing/fake-server.js';
import { dataCenterOff, ID, me, owned } from '../../testing/samples.js';
import { openPage } from '../../testing/show.js';

const CLOUD = '/settings/integrations/jira-cloud';
const AT = '2026-11-20T03:04:05.000Z';

let server: FakeServer;

beforeEach(() => {
  server = new FakeServer();
  server.answer('GET /api/v1/me', { body: me }).answer('GET /api/v1/integrations', { body: { items: [owned, dataCenterOff] } }).answer(`GET /api/v1/connections/${ID}/tests`, { body: { callbackUrl: null, latest: null, days: [] } });
});

describe('the diagnostics of a connection', () => {
  const DIAGNOSTICS = `GET /api/v1/connections/${ID}/diagnostics`;
  const file = {
    madeAt: AT, version: '0.1.0', installation: null,
    connection: {
      id: ID, product: 'jira-cloud', status: 'active', createdAt: AT, linkedPeople: 2, serviceAccount: { savedAt: AT, expiresAt: null, refusedAt: null },
      webhook: { mode: 'manual', secretSetAt: AT, previousSecretUntil: null, firstDeliveryAt: null, lastDeliveryAt: null }, callsPausedUntil: null, rules: { projects: 0, otherProjects: 'served' },
    },
    checks: null, lastWeek: { since: AT, deliveries: [], rejected: [], jobs: [] }, lastDeliveries: [],
  };

  /** The files that the browser got to keep. */
  function keepFiles(): { name: string; text: Promise<string> }[] {
    const files: { name: string; text: Promise<string> }[] = [];
    const made: Blob[] = [];
    URL.createObjectURL = (blob) => `blob:${made.push(blob as Blob)}`;
    URL.revokeObjectURL = () => undefined;
    jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      if (this.download) files.push({ name: this.download, text: readBlob(made.at(-1)!) });
    });
    return files;
  }
  const readBlob = (blob: Blob): Promise<string> => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(blob);
  });
  const download = async (): Promise<void> => {
    await userEvent.click(await screen.findByText('Diagnostics for a support request'));
    await userEvent.click(screen.getByRole('button', { name: 'Download the diagnostics' }));
  };
  afterEach(() => jest.restoreAllMocks());

  it('are downloaded as a file that holds what the contract names, and nothing else', async () => {
    server.answer(DIAGNOSTICS, { body: { ...file, secret: 'of a later server' } });
    const files = keepFiles();
    openPage(CLOUD);
    await download();
    expect(await screen.findByText('The file is in your downloads.')).toBeVisible();
    expect(files.map((one) => one.name)).toEqual(['diagnostics-2026-11-20.json']);
    expect(JSON.parse(await files[0]!.text)).toEqual(file);
  });

  it('say why there is no file', async () => {
    server.answer(DIAGNOSTICS, 'offline');
    const files = keepFiles();
    openPage(CLOUD);
    await download();
    expect(await screen.findByText(/^The server cannot be reached/)).toBeVisible();
    expect(files).toEqual([]);
  });
});
