/** B10: cold start of the API, from the start of its process to its first good answer, on a database that is up to date. */
import { newKeys, startService } from '../contestants.ts';
import { atMost, type BenchResult, median, plain, shown } from '../figures.ts';
import type { Bench } from '../suite.ts';

export const start: Bench = {
  name: 'start',
  what: 'cold start of an API process until it answers, tables up to date',
  usual: true,
  async run(server, { quick }): Promise<BenchResult> {
    const database = await server.create('ours');
    const keys = newKeys();
    const first = await startService('api', database, keys);
    await first.stop();
    const times: number[] = [];
    for (let round = 0; round < (quick ? 3 : 7); round += 1) {
      const program = await startService('api', database, keys);
      times.push(program.readyMs / 1000);
      await program.stop();
    }
    await database.close();
    const middle = median(times);
    return {
      figures: [atMost('median start', middle, 1.2, 's'), plain('slowest', Math.max(...times), 's'), plain('first start, which makes the tables', first.readyMs / 1000, 's')],
      headline: `${shown(middle)} s to the first answer`,
      notes: [],
      details: { times },
    };
  },
};
