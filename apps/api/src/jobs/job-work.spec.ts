import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { readConfig } from '../config/config.js';
import type { Queue } from '../queue/queue.service.js';
import type { Jobs } from './jobs.service.js';
import { JobWork } from './job-work.js';
import type { Notes } from './notes.service.js';
import type { Runner } from './runner.js';

beforeAll(() => Logger.overrideLogger(false));

type DeadHandler = (data: object) => Promise<void>;

describe('Work whose attempts are used up', () => {
  const dead = new Map<string, DeadHandler | undefined>();
  const cancelByConnection = jest.fn<(id: string) => Promise<void>>().mockResolvedValue();
  beforeAll(async () => {
    const queue = { work: (name: string, _: unknown, { onDead }: { onDead?: DeadHandler }) => void dead.set(name, onDead) } as unknown as Queue;
    await new JobWork(queue, readConfig({}), {} as Runner, {} as Notes, { cancelByConnection } as unknown as Jobs).begin();
  });

  it('is looked at in each queue of jobs', () => {
    expect([...dead].filter(([, onDead]) => onDead === undefined)).toEqual([]);
  });

  it('is tried again when it was to cancel the jobs of a removed connection', async () => {
    await dead.get('connection-removed')?.({ connectionId: 'a' });
    expect(cancelByConnection).toHaveBeenCalledWith('a');
  });
});
