/** Builds what the service needs to run: libraries and API with the TypeScript compiler, the page with Vite, and of the API the one file that is started. */
import { bundle } from './bundle.ts';
import { nx } from './programs.ts';

export async function buildAll(): Promise<void> {
  await nx(['build'], { projects: ['contracts', 'domain', 'api', 'web'] });
  await bundle();
}
