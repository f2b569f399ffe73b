// Which room of src/ may import what. Data and imports flow one way; src/extension.ts alone puts the rooms together.
const core = ['model', 'records', 'topology', 'diagnose', 'repair', 'switch', 'vtctld', 'history'];
const mayImport = {
  model: [],
  records: ['model'],
  topology: ['model', 'records'],
  diagnose: ['model', 'records'],
  repair: ['model', 'records', 'diagnose', 'topology'],
  switch: ['model', 'records', 'diagnose', 'repair', 'topology'],
  vtctld: ['model', 'records', 'topology', 'diagnose', 'repair', 'switch'],
  history: ['model', 'records', 'topology', 'repair', 'switch'],
  map: ['model', 'records', 'diagnose'],
  cli: core,
  contributions: ['model'],
  host: [...core, 'contributions'],
  tree: [...core, 'contributions', 'host'],
  editor: [...core, 'contributions', 'host'],
  commands: [...core, 'contributions', 'host'],
  panel: ['model', 'diagnose', 'map', 'contributions', 'host'],
  webview: ['map'],
};
const pureRooms = '^src/(model|records|diagnose|repair|switch|map|contributions)/';
const vscode = '(^vscode$|node_modules/@types/vscode/)';

const roomRules = Object.entries(mayImport).map(([room, others]) => ({
  name: `room-${room}`,
  comment: `src/${room} imports from ${others.length === 0 ? 'no other room' : others.join(', ')} only.`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, ...others].join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'known-room',
      comment: 'A new folder under src/ needs its line in mayImport.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(mayImport).join('|')})/` },
      to: {},
    },
    {
      name: 'no-cycles',
      comment: 'Modules do not import each other in a circle, not even types.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'vscode-in-editor-rooms-only',
      comment: 'What does not draw must run without an editor; contributions may name its types.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(extension\\.ts|(tree|editor|commands|panel|host|contributions)/.*)$' },
      to: { path: vscode },
    },
    {
      name: 'contributions-name-vscode-types-only',
      severity: 'error',
      from: { path: '^src/contributions/' },
      to: { path: vscode, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'repair-names-topology-ports-only',
      comment: 'The executor works on any topology; adapters are given to it.',
      severity: 'error',
      from: { path: '^src/(repair|switch)/' },
      to: { path: '^src/topology/', pathNot: '^src/topology/(topology|topologyWriter)\\.ts$' },
    },
    {
      name: 'pure-rooms-do-no-input-output',
      comment: 'Time, files and the network come in as arguments.',
      severity: 'error',
      from: { path: pureRooms },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'clients-in-their-adapters-only',
      comment: 'Everything else uses the Topology port.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(topology|vtctld)/' },
      to: { path: 'node_modules/(etcd3|@grpc)/' },
    },
    {
      name: 'etcd-is-loaded-when-opened',
      comment: 'It is most of the bundle, and an editor that starts does not need it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/topology/etcd' },
      to: {
        path: '^src/topology/etcd(?!(Access|Address|Dial)\\.ts$)',
        dependencyTypesNot: ['type-only'],
        dynamic: false,
      },
    },
    {
      name: 'model-needs-no-package',
      severity: 'error',
      from: { path: '^src/model/' },
      to: { path: 'node_modules/' },
    },
    {
      name: 'declared-runtime-dependencies-only',
      comment: 'What is bundled is declared in package.json under dependencies.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-optional', 'npm-peer', 'npm-bundled'],
        dependencyTypesNot: ['type-only'],
        pathNot: vscode,
      },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true, pathNot: '^vscode$' },
    },
    {
      name: 'no-dead-files',
      comment:
        'Every file is used by the extension, its page or the command line; the topologies in memory are for tests.',
      severity: 'error',
      from: { path: '^src/(extension|cli/main|webview/map)\\.ts$' },
      to: {
        path: '^src/',
        pathNot: '^src/(extension\\.ts|cli/main\\.ts|webview/map\\.ts|records/gen/.*|topology/memory[A-Za-z]+\\.ts)$',
        reachable: false,
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
