import { jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { Jiras } from '../jira/jiras.service.js';
import type { Jobs } from '../jobs/jobs.service.js';
import { Withdrawals } from './withdrawals.service.js';

describe('A delivery that says that something was deleted', () => {
  const client = { getIssue: jest.fn<() => Promise<object | null>>(), getComment: jest.fn<(issueId: string, commentId: string) => Promise<object | null>>() };
  const job = { id: 'job', issueId: '10012' };
  const jobs = { activeOf: () => Promise.resolve(job), cancelByIssue: () => Promise.resolve(job), cancelQueuedByComment: () => Promise.resolve(job) };
  const withdrawals = new Withdrawals({ manager: { findOne: () => Promise.resolve(job) } } as unknown as DataSource, jobs as unknown as Jobs, { clientFor: () => Promise.resolve(client) } as unknown as Jiras);
  const says = (commentId: string | null) => withdrawals.decide('connection', { kind: 'withdrawal', issueId: commentId === null ? '10012' : '', commentId } as Parameters<Withdrawals['decide']>[1]);

  it.each([['the issue', null], ['the comment', '10500']])('ends the job when Jira has %s no more', async (_, commentId) => {
    client.getIssue.mockResolvedValue(null);
    client.getComment.mockResolvedValue(null);
    expect(await says(commentId)).toMatchObject({ outcome: 'job', reason: 'cancelled_by_event' });
  });

  it.each([['the issue', null], ['the comment', '10500']])('ends nothing while Jira still has %s', async (_, commentId) => {
    client.getIssue.mockResolvedValue({});
    client.getComment.mockImplementation((issueId, id) => Promise.resolve(issueId === '10012' && id === '10500' ? {} : null));
    expect(await says(commentId)).toMatchObject({ outcome: 'ignored', reason: 'payload_mismatch' });
  });
});
