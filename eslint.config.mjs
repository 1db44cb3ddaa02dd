import nx from '@nx/eslint-plugin';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { floorRules } from './tools/floors.mjs';

/** What may import what among the workspace's projects. */
const projectWalls = [
  { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:contracts'] },
  { sourceTag: 'type:ui', onlyDependOnLibsWithTags: ['type:contracts'] },
  { sourceTag: 'runs:browser', onlyDependOnLibsWithTags: ['type:contracts', 'type:ui'] },
  { sourceTag: 'runs:node', onlyDependOnLibsWithTags: ['type:contracts', 'type:domain', 'type:app', 'type:tools', 'type:e2e'] },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/.nx/**', '**/.data/**', '**/test-output/**', '**/coverage/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs', '**/*.js'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { allow: [], depConstraints: projectWalls, banTransitiveDependencies: false, allowCircularSelfDependency: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  // Tests of the API meet the sandbox, and tasks meet the built API; the product itself meets neither.
  {
    files: ['apps/api/src/**/*.spec.ts', 'apps/api/src/**/*.conformance.ts', 'apps/api/src/testing/**/*.ts', 'apps/api-e2e/**/*.ts', 'apps/web-e2e/**/*.ts', 'tools/tasks/**', 'tools/bench/**', 'tools/write-config-docs.ts', '**/jest.config.mjs'],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
  // Nest reads constructor types at run time, so classes that are injected must be real imports there.
  { files: ['apps/api/src/**/*.ts'], rules: { '@typescript-eslint/consistent-type-imports': 'off' } },
  {
    files: ['apps/api/src/**/*.ts', 'libs/domain/src/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { '@typescript-eslint/no-floating-promises': 'error', '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }] },
  },
  ...floorRules(),
  { files: ['libs/domain/src/**/*.ts', 'libs/contracts/src/**/*.ts'], ignores: ['**/*.spec.ts'], rules: { 'no-restricted-imports': ['error', { patterns: ['@nestjs/*', 'typeorm', 'pg', 'undici', 'react*'] }] } },
  { files: ['apps/web/**/*.{ts,tsx}', 'libs/ui/**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  // Programs that talk to a person at a terminal.
  { files: ['tools/**', 'apps/api/src/service.ts', 'apps/api/src/rotate-keys.ts', '**/jest.config.mjs', 'jest.preset.js'], rules: { 'no-console': 'off' } },
  { files: ['jest.preset.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
