/** Row 22: connections without a secret, ended, or unknown. The tests are run with every `npm test`; this file lets the row be asked for by its number. */
import '../src/attacks.door.spec.js';
