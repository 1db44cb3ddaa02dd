/** `npm run build`: the libraries, the API and the page. */
import { buildAll } from './build-all.ts';

await buildAll();
console.log('\nBuilt. "npm start" runs the service.');
