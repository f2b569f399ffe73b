/** Every id that package.json contributes, in one place; a test holds the two together. */

export const extensionId = 'vitess-topo.vitess-topo';

/** Commands, `vitessTopo.<noun>.<verb>`. */
export const commandIds = {
  addConnection: 'vitessTopo.connection.add',
  removeConnection: 'vitessTopo.connection.remove',
  connect: 'vitessTopo.connection.connect',
  disconnect: 'vitessTopo.connection.disconnect',
  openSample: 'vitessTopo.sample.open',
  openSnapshot: 'vitessTopo.snapshot.open',
  exportSnapshot: 'vitessTopo.snapshot.export',
  refresh: 'vitessTopo.topology.refresh',
  diagnose: 'vitessTopo.topology.diagnose',
  diagnoseKeyspace: 'vitessTopo.keyspace.diagnose',
  diagnoseMove: 'vitessTopo.move.diagnose',
  openRecord: 'vitessTopo.record.open',
  copyCommands: 'vitessTopo.finding.copyCommands',
  openFindingHelp: 'vitessTopo.finding.openHelp',
  showLog: 'vitessTopo.log.show',
  openSettings: 'vitessTopo.settings.open',
} as const;

export type CommandId = (typeof commandIds)[keyof typeof commandIds];

export const viewIds = {
  container: 'vitessTopo',
  topology: 'vitessTopo.topology',
} as const;

/** Names of `when` clause contexts. */
export const contextKeys = {
  /** `none` (no connection), `unreachable`, `empty`, `loading` or `ready`: chooses the welcome view. */
  state: 'vitessTopo.state',
} as const;

/** The section of every setting. */
export const settingsSection = 'vitessTopo';

/** The scheme of read-only documents that show a live record. */
export const topoScheme = 'vitess-topo';

/** The source that Problems name. */
export const diagnosticSource = 'Vitess Topo';
