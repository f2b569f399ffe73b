import type { LogOutputChannel, Uri } from 'vscode';
import type { TopologyTarget } from '../contributions/target.ts';
import type { ConnectionSettings } from '../host/connectionSettings.ts';
import type { RepairDocuments } from '../host/repairDocuments.ts';
import type { WorkerOptions } from '../host/repairWorker.ts';
import type { ReportDocuments } from '../host/reportDocuments.ts';
import type { ConnectionSecrets } from '../host/secrets.ts';
import type { SessionStore } from '../host/sessionStore.ts';
import type { WriteAccess } from '../host/writeAccess.ts';
import type { FileHistory } from '../history/fileHistory.ts';
import type { Topology } from '../topology/topology.ts';

/** What the commands work with. */
export interface CommandDeps {
  readonly store: SessionStore;
  readonly secrets: ConnectionSecrets;
  readonly reports: ReportDocuments;
  readonly repairs: RepairDocuments;
  readonly access: WriteAccess;
  /** The recorded runs, in the folder that the settings name now. */
  readonly history: () => FileHistory;
  /** Starts the process that carries out a plan. */
  readonly spawnWorker: WorkerOptions['spawn'];
  readonly log: LogOutputChannel;
  readonly extensionUri: Uri;
  /** Opens a topology with this password, or the stored one, outside the store: to try a connection before it is saved. */
  readonly openTopology: (connection: ConnectionSettings, password?: string) => Promise<Topology>;
  /** Reads the connections of the settings again. */
  readonly reloadConnections: () => void;
  /** Shows a row of the tree; false when there is none. */
  readonly revealInTree: (target: TopologyTarget) => Promise<boolean>;
}
