/** Builds what the service needs to run: libraries and API with the TypeScript compiler, the page with Vite. */
import { nx } from './programs.ts';

export async function buildAll(): Promise<void> {
  await nx(['build'], { projects: ['contracts', 'domain', 'api', 'web'] });
}
