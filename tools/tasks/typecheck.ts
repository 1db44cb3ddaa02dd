/** `npm run typecheck`: the types of everything, tests included. */
import { nx } from './programs.ts';

await nx(['typecheck']);
