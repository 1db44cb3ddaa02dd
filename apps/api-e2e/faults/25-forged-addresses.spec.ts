/** Row 25: forty addresses that only the service could reach, against a canary. The tests are run with every `npm test`; this file lets the row be asked for by its number. */
import '../src/attacks.outbound.spec.js';
