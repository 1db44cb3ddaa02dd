/** Row 26: thirty secrets, looked for wherever something leaves the service. The tests are run with every `npm test`; this file lets the row be asked for by its number. */
import '../src/rest.secrets.spec.js';
