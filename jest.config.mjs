const shared = {
  resolver: '<rootDir>/jest.resolver.cjs',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['tiketi-source', 'node', 'node-addons'] },
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.tiketi/'],
  modulePathIgnorePatterns: ['/dist/', '/.tiketi/'],
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript', tsx: false }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

const project = (displayName, pattern, more = {}) => ({ ...shared, displayName, testMatch: [pattern], ...more });

export default {
  // Real servers start slowly on a busy machine; what is longer says so itself.
  testTimeout: 30_000,
  projects: [
    {
      ...project('unit', '<rootDir>/**/*.test.ts'),
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '\\.int\\.test\\.ts$', '\\.e2e\\.test\\.ts$'],
    },
    project('integration', '<rootDir>/**/*.int.test.ts'),
    project('end-to-end', '<rootDir>/**/*.e2e.test.ts'),
  ],
  coverageProvider: 'v8',
  collectCoverageFrom: ['**/*.ts', '!**/*.test.ts', '!**/dist/**', '!**/main.ts', '!tests/**'],
};
