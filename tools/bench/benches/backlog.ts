/**
 * B12: an empty log or a million deliveries in it (`--rows 10000000` by hand): taking deliveries, pages of the list, and the retention
 * that removes them, while deliveries come in.
 */
import { ADMIN_TOKEN, type Contestant, fromProduct, SECRET, startApi } from '../contestants.ts';
import { atLeast, atMost, type BenchResult, median, percentile, plain, shown } from '../figures.ts';
import { addHistory } from '../history.ts';
import { prepareLoad, sendLoad } from '../load.ts';
import type { LoadPlan } from '../load-plan.ts';
import type { Bench } from '../suite.ts';

/** As in retention.service.ts. */
const BATCH = 500;
const CONNECTION = '019d0000-0000-7000-8000-000000000001';

export const backlog: Bench = {
  name: 'backlog',
  what: 'taking deliveries, lists and retention with 1 million deliveries in the log (--rows 10000000 by hand)',
  usual: true,
  async run(server, { seconds, rounds, rows }): Promise<BenchResult> {
    const api = await startApi(server);
    try {
      const empty: number[] = [];
      const full: number[] = [];
      for (let round = 0; round < rounds; round += 1) empty.push(await rate(api, seconds, round));
      const started = performance.now();
      await addHistory(api.database, CONNECTION, rows);
      const fillSeconds = (performance.now() - started) / 1000;
      for (let round = 0; round < rounds; round += 1) full.push(await rate(api, seconds, rounds + round));
      const pages = await pageTimes(api);
      const purge = await purgeUnderLoad(api, rows);
      const slower = median(full) / median(empty);
      return {
        figures: [
          plain('rate, empty log', median(empty), '/s'),
          plain(`rate, ${rows} deliveries`, median(full), '/s'),
          atLeast('rate to that with an empty log', slower, 0.9, 'x'),
          ...Object.entries(pages).map(([name, times]) => atMost(`list, ${name}, p95`, percentile(times, 95), 20, 'ms')),
          ...purge,
        ],
        headline: `${shown(slower)} x the rate of an empty log with ${rows} deliveries; pages p95 ${shown(percentile(Object.values(pages).flat(), 95))} ms`,
        notes: [`the history was made in ${shown(fillSeconds)} s`, 'empty and full cannot alternate in one database, so the machine must be quiet for the ratio'],
        details: { empty, full, pages },
      };
    } finally {
      await api.stop();
    }
  },
};

function planOf({ program, path }: Contestant, firstNumber: number, seconds: number, pace: LoadPlan['pace']): LoadPlan {
  return { port: Number(new URL(program.url).port), deliveries: { bytes: 10_240, seed: 12, secret: SECRET, path }, firstNumber, connections: 20, seconds, pace };
}

async function rate(api: Contestant, seconds: number, round: number): Promise<number> {
  await api.database.settle();
  const result = await sendLoad(planOf(api, 1 + round * 1_000_000, seconds, { kind: 'closed', most: 9000 * seconds }));
  return result.accepted / result.seconds;
}

/** Fifty pages of each kind: the newest, far back by cursor, and by filter. */
async function pageTimes(api: Contestant): Promise<Record<string, number[]>> {
  const middle = (await api.database.rows<{ id: string }>(`SELECT id FROM deliveries WHERE identifier LIKE 'history-%' AND received_at < now() - interval '45 days' ORDER BY id DESC LIMIT 1`))[0]!.id;
  const queries = { newest: '', 'far back': `&cursor=${middle}`, 'one issue': '&issueKey=SHOP-42', 'one connection': `&connectionId=${CONNECTION}`, refused: '&outcome=refused', ignored: '&outcome=ignored' };
  const pages: Record<string, number[]> = {};
  for (const [name, query] of Object.entries(queries)) {
    const times: number[] = [];
    for (let page = 0; page < 50; page += 1) times.push(await pageTime(`${api.program.url}/api/v1/deliveries?limit=50${query}`));
    pages[name] = times.slice(1);
  }
  return pages;
}

export async function pageTime(address: string): Promise<number> {
  const started = performance.now();
  const answer = await fetch(address, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`void: ${address} was answered with ${answer.status}`);
  return performance.now() - started;
}

/** The service's own statement of retention, in portions of its size, over all but a day of the history, while deliveries arrive. */
async function purgeUnderLoad(api: Contestant, rows: number): Promise<ReturnType<typeof plain>[]> {
  const { database } = api;
  const { RETENTION_RULES } = (await fromProduct('admin/retention.rules.js')) as { RETENTION_RULES: { name: string; sql: string }[] };
  const { sql } = RETENTION_RULES.find((rule) => rule.name === 'deliveries')!;
  const before = new Date(Date.now() - 24 * 3_600_000);
  const alone = await (await prepareLoad(planOf(api, 100_000_001, 5, { kind: 'open', perSecond: 100 }))).send();
  const sizeBefore = await database.number(`SELECT pg_total_relation_size('deliveries')`);
  const load = await prepareLoad(planOf(api, 110_000_001, 10, { kind: 'open', perSecond: 100 }));
  const sending = load.send();
  const started = performance.now();
  let removed = 0;
  for (let portion = 1; portion > 0; removed += portion) {
    portion = await database.changed(sql, [before, BATCH]);
    if (removed > rows) throw new Error('void: retention removed more than there was');
  }
  const purgeSeconds = (performance.now() - started) / 1000;
  const during = await sending;
  await database.rows('VACUUM deliveries');
  const added = await database.number('SELECT count(*) FROM deliveries');
  return [
    plain('rows removed', removed, ''),
    plain('  a second', removed / purgeSeconds, '/s'),
    atMost('acknowledgement p99 meanwhile to that without', percentile(during.latencies, 99) / percentile(alone.latencies, 99), 2, 'x'),
    plain('size of the table before', sizeBefore / 2 ** 20, 'MB'),
    atMost('size of the table afterwards to before', (await database.number(`SELECT pg_total_relation_size('deliveries')`)) / sizeBefore, 2, 'x'),
    plain('rows that are left', added, ''),
  ];
}
