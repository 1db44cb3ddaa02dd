import { execFileSync } from 'node:child_process';
import { ESLint } from 'eslint';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FLOORS, forbiddenFor, NO_ROOMS } from './floors.mjs';

const root = join(import.meta.dirname, '..');
const rooms = FLOORS.flat();

const eslint = new ESLint({ cwd: root, overrideConfig: { languageOptions: { parserOptions: { projectService: false, project: null } }, rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/no-misused-promises': 'off', '@typescript-eslint/no-unused-vars': 'off' } } });

/** Lints a made-up file as if it stood at the path, and gives the rules that complain. */
async function complaintsAbout(path: string, source: string): Promise<string[]> {
  const [result] = await eslint.lintText(source, { filePath: join(root, path) });
  return result!.messages.map((message) => message.ruleId ?? message.message);
}

describe('The walls of the house', () => {
  // The rule between projects reads the project graph that Nx keeps on disk, and is silent when there is none.
  beforeAll(() => void execFileSync(join(root, 'node_modules/.bin/nx'), ['show', 'projects'], { cwd: root, stdio: 'ignore' }), 60_000);

  it('know every room of the API', () => {
    const folders = readdirSync(join(root, 'apps/api/src'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(folders.filter((folder) => !rooms.includes(folder) && !NO_ROOMS.includes(folder))).toEqual([]);
  });

  it.each(rooms.flatMap((room) => forbiddenFor(room).map((other) => [room, other])))('report an import of a forbidden room: %s imports %s', async (room, other) => {
    const complaints = await complaintsAbout(`apps/api/src/${room}/made-up.ts`, `import { x } from '../${other}/made-up.js';\nexport const y = x;\n`);
    expect(complaints).toContain('no-restricted-imports');
  });

  it('let a room use the rooms below it', async () => {
    expect(await complaintsAbout('apps/api/src/triage/made-up.ts', `import { x } from '../linking/made-up.js';\nexport const y = x;\n`)).toEqual([]);
  });

  it.each([
    ['libs/domain/src/made-up.ts', `import { Injectable } from '@nestjs/common';\nexport const y = Injectable;\n`],
    ['libs/contracts/src/made-up.ts', `import pg from 'pg';\nexport const y = pg;\n`],
  ])('keep frameworks out of the rules and contracts: %s', async (path, source) => {
    expect(await complaintsAbout(path, source)).toContain('no-restricted-imports');
  });

  it.each([
    ['libs/contracts/src/made-up.ts', `import { x } from '@openhands-jira/domain';\nexport const y = x;\n`],
    ['libs/ui/src/made-up.ts', `import { x } from '@openhands-jira/domain';\nexport const y = x;\n`],
    ['apps/web/src/made-up.ts', `import { x } from '@openhands-jira/domain';\nexport const y = x;\n`],
  ])('keep the libraries apart: %s', async (path, source) => {
    expect(await complaintsAbout(path, source)).toContain('@nx/enforce-module-boundaries');
  });
});
