/**
 * The floors of the house, from the top. A room of `apps/api/src` may import rooms of lower floors, never a neighbour on
 * its own floor and never upstairs. The rooms of the ground floor may use each other.
 *
 * ESLint's rules are made from this list; `tools/floors.spec.ts` proves that they hold and that no room is missing.
 */
export const FLOORS = [
  ['triage', 'admin'],
  ['linking', 'jobs'],
  ['comments'],
  ['jira'],
  ['jira-cloud', 'jira-data-center'],
  ['auth'],
  ['connections', 'deliveries', 'git-providers'],
  ['config', 'database', 'queue', 'http', 'security'],
];

/** Folders of `apps/api/src` that are no rooms. */
export const NO_ROOMS = ['testing'];

/** Only `jira/` may import the Jira rooms. */
const JIRA_ROOMS = ['jira-cloud', 'jira-data-center'];

/** The rooms that a room may not import, each with the reason. */
export function forbiddenFor(room) {
  const floor = FLOORS.findIndex((rooms) => rooms.includes(room));
  const ground = floor === FLOORS.length - 1;
  const upstairs = FLOORS.slice(0, floor).flat();
  const neighbours = ground ? [] : FLOORS[floor].filter((one) => one !== room);
  const jira = room === 'jira' || JIRA_ROOMS.includes(room) ? [] : JIRA_ROOMS;
  return [...new Set([...upstairs, ...neighbours, ...jira])];
}

/** One ESLint block per room. */
export function floorRules() {
  return FLOORS.flat().map((room) => ({
    files: [`apps/api/src/${room}/**/*.ts`],
    ignores: ['**/*.spec.ts', '**/*.conformance.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: forbiddenFor(room).map((other) => `**/${other}/**`).concat(['**/app.module.js', '**/server.js']),
              message: `The room "${room}" may import rooms on lower floors only (see tools/floors.mjs and docs/decisions/0001-rooms-and-floors.md).`,
            },
          ],
        },
      ],
    },
  }));
}
