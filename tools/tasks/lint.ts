/** `npm run lint`: ESLint over all projects, walls included. */
import { nx } from './programs.ts';

await nx(['lint']);
