/** What operators start: the service from its one file. */
import { loadBundle } from './bundled.js';

await loadBundle(import.meta.dirname).runService();
