/** Presentational parts: they get all words and data from their caller, and know nothing of HTTP. */
export * from './announcer.js';
export * from './arrival.js';
export * from './button.js';
export * from './choice-group.js';
export * from './copy-button.js';
export * from './copy-field.js';
export * from './dialog.js';
export * from './error-summary.js';
export * from './external-link.js';
export * from './icon.js';
export * from './moment.js';
export * from './notice.js';
export * from './page-states.js';
export * from './secret-input.js';
export * from './section.js';
export * from './status-badge.js';
export * from './step-list.js';
