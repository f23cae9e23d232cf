import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules', 'test-output', 'coverage', 'data', '.demo'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels: name what is exported.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    // The authenticator is a library too: scripts get the machine they run on without having to spell it out.
    ignores: ['src/main.ts', 'src/cli.ts', 'src/shotgrid/authenticator/this-machine.ts'],
    rules: {
      'no-restricted-globals': ['error', { name: 'process', message: 'Only main.ts and cli.ts know the process.' }],
      'no-restricted-imports': ['error', { paths: ['node:process', 'process'] }],
      'no-console': 'error',
    },
  },
  {
    // Assets run in the browser as they are; their globals are the browser's.
    files: ['src/web/assets/**/*.js', 'infra/**/assets/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'window',
          'document',
          'fetch',
          'Event',
          'EventSource',
          'location',
          'history',
          'URL',
          'FormData',
          'HTMLElement',
          'setTimeout',
          'clearTimeout',
          'navigator',
          'Intl',
          'console',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '*.js'],
    ignores: ['src/web/assets/**'],
    languageOptions: {
      globals: Object.fromEntries(['process', 'console', 'module', 'URL', 'Buffer'].map((name) => [name, 'readonly'])),
    },
  },
  {
    // Jest takes these two by their default export and by nothing else.
    files: ['test/support/global-setup.ts', 'test/support/global-teardown.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  {
    // The contract of the site stand-in is about raw JSON: a wrong shape fails the expectation that reads it.
    files: ['test/infra/studio/site/*.ts'],
    rules: Object.fromEntries(
      ['member-access', 'assignment', 'argument'].map((what) => [`@typescript-eslint/no-unsafe-${what}`, 'off']),
    ),
  },
);
