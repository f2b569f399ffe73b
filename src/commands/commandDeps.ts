import type { LogOutputChannel, Uri } from 'vscode';
import type { TopologyTarget } from '../contributions/target.ts';
import type { RepairServices } from '../host/repairServices.ts';
import type { ReportDocuments } from '../host/reportDocuments.ts';
import type { SessionServices } from '../host/sessionServices.ts';

/** The maps of moves. */
export interface Maps {
  /** The one that the editor in front shows. */
  readonly inFront: { readonly subject: MapSubject; svg(): string | undefined } | undefined;
  show(subject: MapSubject): void;
}

interface MapSubject {
  readonly connection: string;
  /** The move's id. */
  readonly move: string;
}

/** What the commands work with. */
export interface CommandDeps extends SessionServices, RepairServices {
  readonly reports: ReportDocuments;
  /** Of the same kind as the reports. */
  readonly timelines: ReportDocuments;
  readonly maps: Maps;
  readonly log: LogOutputChannel;
  readonly extensionUri: Uri;
  /** Shows a row of the tree; false when there is none. */
  readonly revealInTree: (target: TopologyTarget) => Promise<boolean>;
}
