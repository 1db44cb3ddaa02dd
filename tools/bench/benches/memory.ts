/** B9: memory of an API process under load, and whether it grows: 15 minutes at half of a slow machine's rate (`--minutes`). */
import { SECRET, startApi } from '../contestants.ts';
import { atMost, type BenchResult, exactly, plain, shown } from '../figures.ts';
import { prepareLoad, sendLoad } from '../load.ts';
import { openHandles, residentMb } from '../machine.ts';
import type { Bench } from '../suite.ts';

const PER_SECOND = 300;
const LOOK_EVERY_MS = 2000;
/** What comes before is warming up: code is compiled, caches and the heap find their size. */
const WARM_UP = 1 / 3;

export const memory: Bench = {
  name: 'memory',
  what: 'memory of an API process under load, and its slope (--minutes 15)',
  usual: true,
  async run(server, { minutes, seconds }): Promise<BenchResult> {
    const api = await startApi(server);
    const port = Number(new URL(api.program.url).port);
    const deliveries = { bytes: 10_240, seed: 5, secret: SECRET, path: api.path };
    try {
      await sendLoad({ port, deliveries, firstNumber: 1, connections: 20, seconds, pace: { kind: 'closed', most: 12_000 * seconds } });
      const loaded = residentMb(api.program.pid);
      const looks: { minute: number; mb: number; handles: number }[] = [];
      const started = Date.now();
      const timer = setInterval(() => looks.push({ minute: (Date.now() - started) / 60_000, mb: residentMb(api.program.pid), handles: openHandles(api.program.pid) }), LOOK_EVERY_MS);
      let refused = 0;
      for (let minute = 0; minute < minutes; minute += 0.5) {
        const load = await prepareLoad({ port, deliveries, firstNumber: 10_000_000 + Math.round(minute * 1_000_000), connections: 20, seconds: 30, pace: { kind: 'open', perSecond: PER_SECOND } });
        const { statuses } = await load.send();
        refused += Object.entries(statuses).reduce((sum, [status, many]) => sum + (status === '200' ? 0 : many), 0);
      }
      clearInterval(timer);
      const later = looks.filter((look) => look.minute > minutes * WARM_UP);
      const slope = slopeOf(later.map((look) => [look.minute, look.mb]));
      return {
        figures: [
          atMost('after full load', loaded, 150, 'MB'),
          atMost('largest in the soak', Math.max(...looks.map((look) => look.mb)), 150, 'MB'),
          atMost('slope', slope, 1, 'MB a minute'),
          plain('open handles, last to first', (later.at(-1)?.handles ?? 0) - (later[0]?.handles ?? 0), ''),
          exactly('deliveries not taken', refused, 0, ''),
        ],
        headline: `${shown(loaded)} MB under load, ${shown(slope)} MB a minute over ${minutes} minutes`,
        notes: minutes < 15 ? [`a soak of ${minutes} minutes says little about the slope; the goal is about 15`] : [],
        details: { looks },
      };
    } finally {
      await api.stop();
    }
  },
};

/** Slope of the straight line through the points that has the least squares. */
function slopeOf(points: [number, number][]): number {
  const n = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n;
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const under = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return under === 0 ? 0 : over / under;
}
