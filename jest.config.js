// The SDK's advice about this machine's Node is not about the tests.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

// One project a folder of test/, so that each kind of test is run and timed alone (docs/ARCHITECTURE.md).
const project = (name) => ({
  ...shared,
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
});

export default {
  projects: [
    'unit',
    'contract',
    'cdk',
    'integration',
    'e2e',
    'variants',
    'mysql',
    'simulation',
    'faults',
  ]
    .map(project)
    // All of them against one sandbox.
    .concat({
      ...project('cli'),
      globalSetup: '<rootDir>/test/cli/start-sandbox.js',
      globalTeardown: '<rootDir>/test/cli/stop-sandbox.js',
    }),
  reporters: ['default', '<rootDir>/test/summary-reporter.js'],
  globalSetup: '<rootDir>/test/make-temporary-folder.js',
  globalTeardown: '<rootDir>/test/remove-temporary-folder.js',
  testSequencer: '<rootDir>/test/sequencer.js',
  testTimeout: 180_000,
  // One more than the two cores that the tests are made for: some wait for a server.
  maxWorkers: 3,
};
