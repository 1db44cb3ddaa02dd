/** Row 24: round trips that are repeated, stolen, mixed up or ended with an error. The tests are run with every `npm test`; this file lets the row be asked for by its number. */
import '../src/attacks.browser.spec.js';
