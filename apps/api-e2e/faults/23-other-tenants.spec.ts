/** Row 23: the secret of one connection at the door of another. The tests are run with every `npm test`; this file lets the row be asked for by its number. */
import '../src/attacks.door.spec.js';
