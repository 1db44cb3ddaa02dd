/** Our Helm chart, rendered with given values. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { GoTemplates, isTrue } from './go-template.ts';

export const CHART = join(import.meta.dirname, '../../deploy/helm/openhands-jira');

// Manifests of Kubernetes: each test knows the shape of the one that it looks at.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Manifest = any;

/** The manifests, as `helm template demo` would give them. `values` by dotted path. Throws what `required` says. */
export function renderChart(values: Record<string, unknown> = {}): Manifest[] {
  return parseAllDocuments(renderText(values)).map((document) => document.toJS() as Manifest).filter(Boolean);
}

/** The same as text. */
export function renderText(values: Record<string, unknown>): string {
  const templates = new GoTemplates(FUNCTIONS);
  const files = readdirSync(join(CHART, 'templates')).sort();
  for (const file of files) templates.add(file, readFileSync(join(CHART, 'templates', file), 'utf8'));
  const { appVersion } = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')) as { appVersion: string };
  const dot = { Values: withValues(values), Release: { Name: 'demo' }, Chart: { AppVersion: appVersion } };
  return files.filter((file) => !file.startsWith('_')).map((file) => `---\n${templates.render(file, dot)}\n`).join('');
}

function withValues(values: Record<string, unknown>): Record<string, unknown> {
  const all = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as Record<string, unknown>;
  for (const [path, value] of Object.entries(values)) {
    const names = path.split('.');
    const place = names.slice(0, -1).reduce((part, name) => part[name] as Record<string, unknown>, all);
    place[names.at(-1)!] = value;
  }
  return all;
}

const FUNCTIONS = {
  list: (...values: unknown[]) => values,
  index: (map: Record<string, unknown>, key: string) => map[key],
  quote: (value: unknown) => JSON.stringify(String(value ?? '')),
  default: (fallback: unknown, value: unknown) => (isTrue(value) ? value : fallback),
  eq: (a: unknown, b: unknown) => a === b,
  ne: (a: unknown, b: unknown) => a !== b,
  or: (...values: unknown[]) => values.find(isTrue) ?? values.at(-1),
  not: (value: unknown) => !isTrue(value),
  printf: (format: string, ...values: unknown[]) => values.reduce<string>((text, value) => text.replace('%s', String(value)), format),
  toJson: (value: unknown) => JSON.stringify(value),
  toYaml: (value: unknown) => stringify(value).trimEnd(),
  nindent: (spaces: number, text: string) => `\n${text}`.replace(/\n(?=.)/g, `\n${' '.repeat(spaces)}`),
  sha256sum: (text: string) => createHash('sha256').update(text).digest('hex'),
  required: (message: string, value: unknown) => {
    if (value === undefined || value === null || value === '') throw new Error(message);
    return value;
  },
};
