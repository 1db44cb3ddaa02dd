/**
 * Rows 21 to 23: signatures that prove nothing, all refused alike and in the same time; connections without a secret, ended, or unknown;
 * the secret of one connection at the door of another. The tests are run with every `npm test`; this file lets the rows be asked for by their numbers.
 */
import '../src/attacks.door.spec.js';
