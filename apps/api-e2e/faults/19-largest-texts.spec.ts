/** Row 19: the largest texts that Jira takes; beside row 16, on the same stage. This file lets the row be asked for by its number. */
import './16-malformed-bodies.spec.js';
