import config from './jest.config.js';

/** The kinds of tests that have many files: `test/batches/batch.ts`. */
const IN_BATCHES = ['unit', 'contract', 'cdk', 'integration', 'e2e', 'simulation', 'faults'];

const inBatches = (project) => ({
  ...project,
  testMatch: [`<rootDir>/test/batches/${project.displayName}-*.test.ts`],
  testEnvironment: '<rootDir>/test/batches/environment.js',
});

export default {
  ...config,
  projects: config.projects.map((project) =>
    IN_BATCHES.includes(project.displayName) ? inBatches(project) : project,
  ),
};
