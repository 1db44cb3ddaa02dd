/**
 * Real webhook bodies that others recorded. They are other people's data: they lie in a folder beside the checkout (`../shared/payloads`,
 * or wherever `RECORDED_DELIVERIES` says) and are never copied into the repository. Where there is no such folder, nothing is replayed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One recorded body, byte by byte as it was kept. */
export interface RecordedDelivery {
  file: string;
  body: Buffer;
}

export const RECORDINGS_FOLDER = process.env.RECORDED_DELIVERIES ?? join(import.meta.dirname, '../../../../shared/payloads');

/** All recordings of one product by file name; null when there is no folder. */
export function recordedDeliveries(product: 'cloud' | 'data-center'): RecordedDelivery[] | null {
  const folder = join(RECORDINGS_FOLDER, product);
  if (!existsSync(folder)) return null;
  const files = readdirSync(folder).filter((file) => file.endsWith('.json')).sort();
  return files.map((file) => ({ file, body: readFileSync(join(folder, file)) }));
}
