/** Starts the service from its single modules, as stories in a browser do. Operators start `start.ts`. */
import { runService } from './service.js';

await runService();
