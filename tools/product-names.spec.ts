/**
 * The product list is used, not spelled out: whoever decides or works (triage, linking, jobs, comments) must not know which
 * Jira is behind a connection. This looks for the names of the products in the code, comments aside, and allows them only
 * where the list says so.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');

/** Where a name may stand, each with the reason. */
const ALLOWED: [RegExp, string][] = [
  [/^apps\/api\/src\/jira-cloud\//, 'the room of the product'],
  [/^apps\/api\/src\/jira-data-center\//, 'the room of the product'],
  [/^apps\/api\/src\/jira\/(jira\.module|jiras\.service)\.ts$/, 'the one list of products'],
  [/^apps\/api\/src\/(app\.module|front-doors)\.ts$/, 'the lists of all rooms and of their doors'],
  [/^apps\/api\/src\/config\//, 'names and words of the environment variables'],
  [/^apps\/api\/src\/testing\//, 'benches of tests, one for each product'],
  [/^libs\/contracts\/src\/(admin|jira-cloud|jira-data-center|products|index)\.ts$/, 'shapes of the routes that belong to one product'],
  [/^libs\/domain\/src\/comment\/(message-|messages|reasons|failure-words)/, 'texts for people'],
];

const NAME = /jira[-_ .]?(cloud|data[-_ ]?center|dc)\b|datacenter|data[-_ ]center|\bJIRA_(DC|CLOUD)/i;
/** A git provider of its own name. */
const BITBUCKET = /bitbucket[-_ ]?data[-_ ]?center/gi;

/** Files of a folder and below, tests aside. */
function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.(spec|conformance|d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !/\/(dist|migrations|golden)\//.test(path));
}

/** Lines of the code with the name of a product, without comments and types. */
function namesIn(source: string): string[] {
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, removeComments: true, experimentalDecorators: true } });
  return outputText.split('\n').filter((line) => NAME.test(line.replace(BITBUCKET, ''))).map((line) => line.trim());
}

describe('The name of a product', () => {
  it.each([['apps/api/src'], ['libs/domain/src'], ['libs/contracts/src']])('stands only where it may: %s', (folder) => {
    const found = sources(folder).filter((path) => !ALLOWED.some(([place]) => place.test(path)))
      .flatMap((path) => namesIn(readFileSync(join(root, path), 'utf8')).map((name) => `${path}: ${name}`));
    expect(found).toEqual([]);
  });

  it('is found in every spelling, and not in comments or names of git providers', () => {
    const found = namesIn(`// jira-cloud
      /* Jira Data Center */
      export const a = row.product === 'jira-data-center'; // Data Center
      export const b = \`\${a} WHERE product = 'jira-cloud'\`;
      export class DataCenterThing {}
      export const c = ['bitbucket-data-center', BitbucketDataCenter];
      export const d = config.jiraCloud;
      export const e = env.JIRA_DC_ENABLED;`);
    expect(found.map((line) => /^export (\w+ \w+)/.exec(line)?.[1])).toEqual(['const a', 'const b', 'class DataCenterThing', 'const d', 'const e']);
  });

  it('is allowed nowhere in vain', () => {
    const paths = [...sources('apps/api/src'), ...sources('libs/domain/src'), ...sources('libs/contracts/src')];
    for (const [place, reason] of ALLOWED) {
      const used = paths.some((path) => place.test(path) && namesIn(readFileSync(join(root, path), 'utf8')).length > 0);
      expect({ reason, place: String(place), used }).toEqual({ reason, place: String(place), used: true });
    }
  });
});
