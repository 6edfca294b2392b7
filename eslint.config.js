import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

// Who may import whom: handler -> compose -> rotation -> ports <- adapters (docs/ARCHITECTURE.md).
// Written as what a folder may import; import-x/no-restricted-paths wants the opposite.
const MAY_IMPORT = {
  './lambda/domain': ['./lambda/domain'],
  './lambda/audit': ['./lambda/audit', './lambda/domain'],
  './lambda/ports': ['./lambda/ports', './lambda/domain'],
  './lambda/rotation': ['./lambda/rotation', './lambda/ports', './lambda/domain'],
  './lambda/inspection': [
    './lambda/inspection',
    './lambda/rotation',
    './lambda/ports',
    './lambda/domain',
  ],
  './lambda/operator': [
    './lambda/operator',
    './lambda/inspection',
    './lambda/rotation',
    './lambda/ports',
    './lambda/domain',
  ],
  './lambda/adapters': [
    './lambda/adapters',
    './lambda/ports',
    './lambda/audit',
    './lambda/domain',
    './config',
  ],
  './lambda': ['./lambda', './config'],
  './config': ['./config'],
  './lib': ['./lib', './config'],
  './cli': ['./cli', './lambda', './lib', './config'],
  './bin': ['./bin', './cli', './lib', './config'],
};
const FOLDERS = [
  './lambda/domain',
  './lambda/audit',
  './lambda/ports',
  './lambda/rotation',
  './lambda/inspection',
  './lambda/operator',
  './lambda/adapters',
  './lambda/compose.ts',
  './lambda/compose-inspection.ts',
  './lambda/handler.ts',
  './lambda/inspector-handler.ts',
  './lib',
  './cli',
  './bin',
  './local',
  './config',
  './test',
];
const isWithin = (folder, allowed) =>
  allowed.some((one) => folder === one || folder.startsWith(`${one}/`));
const zones = Object.entries(MAY_IMPORT).map(([target, allowed]) => ({
  target,
  from: FOLDERS.filter((folder) => !isWithin(folder, allowed)),
  message: `${target} may import only ${allowed.join(', ')}`,
}));

const CORE = [
  'lambda/domain/**',
  'lambda/rotation/**',
  'lambda/inspection/**',
  'lambda/operator/**',
  'lambda/audit/**',
  'lambda/ports/**',
];

export default tseslint.config(
  { ignores: ['node_modules', 'cdk.out', 'coverage', 'build', '.cache', '.sandbox'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js'] })],
      // Without these two no import of a TypeScript file is looked into, and no cycle is found.
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/return-await': ['error', 'always'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'import-x/no-default-export': 'error',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-restricted-paths': ['error', { zones }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: CORE.map((folder) => `${folder}/*.ts`),
    rules: {
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'time comes in as an argument' },
        { object: 'Math', property: 'random', message: 'randomness comes in as an argument' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'time comes in as an argument',
        },
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@aws-sdk/*', '@smithy/*', 'oci-*', 'pg', 'mysql2*', 'oracledb'],
              message: 'SDKs and drivers belong to adapters',
            },
            {
              group: ['node:fs*', 'node:net', 'node:http*', 'node:process'],
              message: 'the core touches no machine',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['*.config.ts', 'jest.config.ts', 'local/**/main.ts'],
    rules: { 'import-x/no-default-export': 'off' },
  },
);
