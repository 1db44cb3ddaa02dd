import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import type { DataSource } from 'typeorm';
import { ConnectionEntity } from '../connections/connection.entity.js';
import type { Links } from '../connections/links.service.js';
import type { NotedChange, SharedConnections } from '../connections/shared-connections.service.js';
import type { Queue } from '../queue/queue.service.js';
import { CredentialLimit } from '../security/minute-limit.guard.js';
import { JiraDataCenterConnectionController, JiraDataCenterController } from './jira-data-center.controller.js';
import { DataCenterRecord } from './jira-data-center.record.js';

const rowOf = (row: Partial<ConnectionEntity>): ConnectionEntity => Object.assign(new ConnectionEntity(), { id: 'jira', ownerId: null, status: 'pending' }, row);
const BEN = { userId: 'ben', isAdmin: false, via: 'session' } as const;

/** The record as it is by the time of the change, and what was changed of it. */
function recordOf(now: Partial<ConnectionEntity>) {
  const manager = { findOneOrFail: () => Promise.resolve(rowOf(now)) };
  const db = { transaction: <T>(work: (one: typeof manager) => T) => work(manager) } as unknown as DataSource;
  const changed: NotedChange['changes'][] = [];
  const shared = { change: (_manager: unknown, _id: string, { changes }: NotedChange) => Promise.resolve(void changed.push(changes)) } as unknown as SharedConnections;
  const links = { endAll: () => Promise.resolve(2) } as unknown as Links;
  return { record: new DataCenterRecord(db, shared, links, {} as Queue), changed };
}

describe('A change of the record of Jira Data Center', () => {
  it('makes somebody the owner of a record that has none', async () => {
    const { record, changed } = recordOf({});
    await record.change(rowOf({}), BEN, { what: 'webhook_details_generated', webhookMode: 'manual' });
    expect(changed).toEqual([{ webhookMode: 'manual', ownerId: 'ben' }]);
  });

  it.each([
    ['makes nobody the owner whom another was quicker than', { ownerId: 'ada' }],
    ['brings back nothing that has ended meanwhile', { status: 'inactive' as const }],
  ])('%s', async (_, now) => {
    const { record, changed } = recordOf(now);
    await expect(record.change(rowOf({}), BEN, { what: 'webhook_confirmed', status: 'active' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(record.end(rowOf({}), BEN)).rejects.toMatchObject({ code: 'conflict' });
    expect(changed).toEqual([]);
  });
});

it.each([
  ['linking oneself', JiraDataCenterController.prototype, 'link'],
  ['setting the webhook up', JiraDataCenterConnectionController.prototype, 'setUp'],
  ['removing the connection', JiraDataCenterConnectionController.prototype, 'remove'],
])('Tokens of administrators of Jira cannot be tried without end by %s', (_, controller, route) => {
  expect(Reflect.getMetadata(GUARDS_METADATA, (controller as unknown as Record<string, object>)[route]!)).toContain(CredentialLimit);
});
