const ROOMS = 'command-services/[^/]+|projectors|query-api|realtime-gateway|frontend';
const TESTS = '\\.test\\.ts$|^tests/';

/** The house rules: arrows run one way, rooms meet only in contracts and events. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'kernel-imports-no-room',
      severity: 'error',
      from: { path: '^shared-kernel/', pathNot: TESTS },
      to: { path: `^(${ROOMS}|cli|local|tests)/` },
    },
    {
      name: 'command-services-apart',
      severity: 'error',
      from: { path: '^command-services/([^/]+)/', pathNot: TESTS },
      to: { path: '^command-services/', pathNot: '^command-services/$1/' },
    },
    {
      name: 'write-side-knows-no-read-side',
      severity: 'error',
      from: { path: '^command-services/', pathNot: TESTS },
      to: { path: '^(projectors|query-api|realtime-gateway|frontend)/' },
    },
    {
      name: 'read-side-knows-no-write-side',
      severity: 'error',
      from: { path: '^(projectors|query-api|realtime-gateway)/', pathNot: TESTS },
      to: { path: '^(command-services|frontend)/' },
    },
    {
      name: 'query-api-sees-projectors-as-types-only',
      severity: 'error',
      from: { path: '^query-api/', pathNot: TESTS },
      to: { path: '^projectors/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'projectors-import-no-reader',
      severity: 'error',
      from: { path: '^projectors/', pathNot: TESTS },
      to: { path: '^(query-api|realtime-gateway)/' },
    },
    {
      name: 'frontend-sees-contracts-only',
      severity: 'error',
      from: { path: '^frontend/' },
      to: { path: '^(shared-kernel/(?!contracts/)|command-services|projectors|query-api|realtime-gateway|cli|local)' },
    },
    {
      name: 'frontend-features-apart',
      severity: 'error',
      from: { path: '^frontend/src/features/([^/]+)/' },
      to: { path: '^frontend/src/features/', pathNot: '^frontend/src/features/$1/' },
    },
    {
      name: 'frontend-shared-and-features-know-no-page',
      severity: 'error',
      from: { path: '^frontend/src/(shared|features)/', pathNot: TESTS },
      to: { path: '^frontend/src/app/' },
    },
    {
      name: 'frontend-shared-knows-no-feature',
      severity: 'error',
      from: { path: '^frontend/src/shared/', pathNot: TESTS },
      to: { path: '^frontend/src/features/' },
    },
    {
      name: 'local-serves-cli-and-tests-only',
      severity: 'error',
      from: { pathNot: `^(local|cli|tests)/|${TESTS}` },
      to: { path: '^local/' },
    },
    {
      name: 'contracts-are-plain',
      severity: 'error',
      from: { path: '^shared-kernel/contracts/', pathNot: TESTS },
      to: { path: '^shared-kernel/(event-sourcing|service)/' },
    },
    {
      name: 'only-the-adapter-knows-the-store-client',
      severity: 'error',
      from: {
        path: '^(shared-kernel|command-services|projectors|query-api)',
        pathNot: `^shared-kernel/event-sourcing/event-store/|${TESTS}`,
      },
      to: { path: '@eventstore/db-client' },
    },
    {
      name: 'production-imports-no-test',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { path: '\\.test\\.ts$' },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      conditionNames: ['tiketi-source', 'import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
