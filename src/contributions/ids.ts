/** Every id that package.json contributes, in one place; a test holds the two together. */

export const extensionId = 'vitess-topo.vitess-topo';

/** Commands, `vitessTopo.<noun>.<verb>`. */
export const commandIds = {
  addConnection: 'vitessTopo.connection.add',
  removeConnection: 'vitessTopo.connection.remove',
  connect: 'vitessTopo.connection.connect',
  disconnect: 'vitessTopo.connection.disconnect',
  useConnection: 'vitessTopo.connection.use',
  openSample: 'vitessTopo.sample.open',
  openSnapshot: 'vitessTopo.snapshot.open',
  exportSnapshot: 'vitessTopo.snapshot.export',
  refresh: 'vitessTopo.topology.refresh',
  retry: 'vitessTopo.topology.retry',
  diagnose: 'vitessTopo.topology.diagnose',
  diagnoseKeyspace: 'vitessTopo.keyspace.diagnose',
  diagnoseMove: 'vitessTopo.move.diagnose',
  revealMove: 'vitessTopo.move.reveal',
  showMap: 'vitessTopo.move.map',
  exportMap: 'vitessTopo.map.export',
  openReport: 'vitessTopo.report.open',
  openTimeline: 'vitessTopo.timeline.open',
  exportTimeline: 'vitessTopo.timeline.export',
  openRunbook: 'vitessTopo.runbook.open',
  openRecord: 'vitessTopo.record.open',
  copyCommands: 'vitessTopo.finding.copyCommands',
  openFindingHelp: 'vitessTopo.finding.openHelp',
  planRepair: 'vitessTopo.repair.plan',
  runRepair: 'vitessTopo.repair.run',
  serveFrom: 'vitessTopo.repair.serveFrom',
  allowWrites: 'vitessTopo.connection.allowWrites',
  makeReadOnly: 'vitessTopo.connection.makeReadOnly',
  releaseLock: 'vitessTopo.lock.release',
  precheckSwitch: 'vitessTopo.move.precheckSwitch',
  precheckReverse: 'vitessTopo.move.precheckReverse',
  switchTraffic: 'vitessTopo.move.switch',
  reverseTraffic: 'vitessTopo.move.reverse',
  showHistory: 'vitessTopo.history.show',
  undoRun: 'vitessTopo.run.undo',
  showLog: 'vitessTopo.log.show',
  openSettings: 'vitessTopo.settings.open',
} as const;

export type CommandId = (typeof commandIds)[keyof typeof commandIds];

export const viewIds = {
  container: 'vitessTopo',
  topology: 'vitessTopo.topology',
} as const;

/** The panels with maps; `when` clauses ask for it. */
export const mapViewType = 'vitessTopo.map';

/** Names of `when` clause contexts. */
export const contextKeys = {
  /** `none` (no connection), `unreachable`, `empty`, `loading` or `ready`: chooses the welcome view. */
  state: 'vitessTopo.state',
  /** Why the only connection could not be read: a TopologyFailureCode; empty otherwise. */
  failure: 'vitessTopo.failure',
  /** True while the editor in front shows a plan that can be carried out. */
  planShown: 'vitessTopo.planShown',
} as const;

/** Words that a tree row's `viewItem` is made of; menus ask for them one by one. */
export const contextWords = [
  'connection',
  'connected',
  'disconnected',
  'keyspace',
  'move',
  'link',
  'record',
  'finding',
  /** A finding about a move. */
  'mapped',
  'fixable',
  'retry',
  /** A row with some finding in or below it that can be repaired. */
  'repairable',
  /** A lock whose holder left it. */
  'abandoned',
  /** A connection that the user allowed to write, and one that he may allow. */
  'writable',
  'readonly',
] as const;
export type ContextWord = (typeof contextWords)[number];

/** The section of every setting. */
export const settingsSection = 'vitessTopo';

/** Settings, without their section. */
export const settingIds = {
  connections: 'connections',
  timeout: 'timeout',
  codeLens: 'codeLens.enabled',
  problems: 'problems.enabled',
  live: 'live.enabled',
  historyFolder: 'history.folder',
} as const;

export const walkthroughId = 'vitessTopo.start';

/** The scheme of read-only documents that show a live record. */
export const topoScheme = 'vitess-topo';

/** The scheme of read-only documents that report a diagnosis. */
export const reportScheme = 'vitess-topo-report';

/** The scheme of read-only documents that tell what was written to a topology. */
export const timelineScheme = 'vitess-topo-timeline';

/** The scheme of read-only documents that show a plan of a repair, a record before and after it, or how a run went. */
export const repairScheme = 'vitess-topo-repair';

/** The source that Problems name. */
export const diagnosticSource = 'Vitess Topo';
