import type { LogOutputChannel, Uri } from 'vscode';
import type { TopologyTarget } from '../contributions/target.ts';
import type { ConnectionSettings } from '../host/connectionSettings.ts';
import type { RepairServices } from '../host/repairServices.ts';
import type { ReportDocuments } from '../host/reportDocuments.ts';
import type { ConnectionSecrets } from '../host/secrets.ts';
import type { SessionStore } from '../host/sessionStore.ts';
import type { Topology } from '../topology/topology.ts';

/** What the commands work with. */
export interface CommandDeps extends RepairServices {
  readonly store: SessionStore;
  readonly secrets: ConnectionSecrets;
  readonly reports: ReportDocuments;
  readonly log: LogOutputChannel;
  readonly extensionUri: Uri;
  /** Opens a topology with this password, or the stored one, outside the store: to try a connection before it is saved. */
  readonly openTopology: (connection: ConnectionSettings, password?: string) => Promise<Topology>;
  /** Reads the connections of the settings again. */
  readonly reloadConnections: () => void;
  /** Shows a row of the tree; false when there is none. */
  readonly revealInTree: (target: TopologyTarget) => Promise<boolean>;
}
