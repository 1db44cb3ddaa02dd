import { CONFIG_KEYS, type ConfigKey } from './config.schema.js';

const keys = Object.entries(CONFIG_KEYS) as [string, Omit<ConfigKey, 'key'>][];

/** `.env.example`: every key with its meaning and default, commented out. */
export function envExample(): string {
  const entries = keys.map(([key, { meaning, shown }]) => `# ${meaning}\n# Default: ${shown}\n#${key}=\n`);
  return `# Every setting of the service. All have defaults, or belong to a part that stays off without them.\n\n${entries.join('\n')}`;
}

/** The table of the documentation. */
export function configTable(): string {
  const rows = keys.map(([key, { meaning, shown }]) => `| \`${key}\` | ${shown === 'none' || shown === 'empty' ? shown : `\`${shown}\``} | ${meaning} |`);
  return [
    '# Configuration',
    '',
    'Everything is read from the environment once, at start. All mistakes are reported together, and the process refuses to start. An empty value counts as',
    'not set. This table is made from the schema in `apps/api/src/config/config.schema.ts` (`node tools/run.mjs docs`).',
    '',
    '| Key | Default | Meaning |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
