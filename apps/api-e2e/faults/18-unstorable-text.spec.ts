/** Row 18: texts that no database takes as text; beside row 16, on the same stage. This file lets the row be asked for by its number. */
import './16-malformed-bodies.spec.js';
