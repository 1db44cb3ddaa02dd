/** Row 21: signatures that prove nothing, all refused alike and in the same time. The tests are run with every `npm test`; this file lets the row be asked for by its number. */
import '../src/attacks.door.spec.js';
