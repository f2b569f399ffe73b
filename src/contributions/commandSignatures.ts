import type { Uri } from 'vscode';
import type { commandIds } from './ids.ts';
import type { TopologyTarget } from './target.ts';

/** A command that acts on what it is given, and asks when it is given nothing. */
export type TargetCommand = (target?: TopologyTarget) => Promise<void>;

/** Every command with its arguments. Registration takes one handler for each key: a forgotten command does not compile. */
export interface CommandSignatures {
  [commandIds.addConnection]: () => Promise<void>;
  [commandIds.removeConnection]: TargetCommand;
  [commandIds.connect]: TargetCommand;
  [commandIds.disconnect]: TargetCommand;
  [commandIds.useConnection]: TargetCommand;
  [commandIds.openSample]: () => Promise<void>;
  /** Opens this folder; asks for one when it is given none. */
  [commandIds.openSnapshot]: (folder?: Uri) => Promise<void>;
  /** Writes a new folder inside of this one; asks for one when it is given none. */
  [commandIds.exportSnapshot]: (target?: TopologyTarget, parent?: Uri) => Promise<void>;
  [commandIds.refresh]: TargetCommand;
  [commandIds.retry]: TargetCommand;
  [commandIds.diagnose]: TargetCommand;
  [commandIds.diagnoseKeyspace]: TargetCommand;
  [commandIds.diagnoseMove]: TargetCommand;
  [commandIds.revealMove]: TargetCommand;
  [commandIds.showMap]: TargetCommand;
  /** Writes the map in front to this file; asks for one when it is given none. */
  [commandIds.exportMap]: (file?: Uri) => Promise<void>;
  [commandIds.openReport]: TargetCommand;
  [commandIds.openTimeline]: TargetCommand;
  /** Writes the timeline to this file; asks for one when it is given none. */
  [commandIds.exportTimeline]: (target?: TopologyTarget, file?: Uri) => Promise<void>;
  [commandIds.openRunbook]: TargetCommand;
  [commandIds.openRecord]: TargetCommand;
  [commandIds.copyCommands]: TargetCommand;
  [commandIds.openFindingHelp]: TargetCommand;
  /** Shows what a repair of the target would write: a finding, a move, a keyspace or, of a connection, everything. */
  [commandIds.planRepair]: TargetCommand;
  /** Carries out the plan that the editor in front shows, after asking. */
  [commandIds.runRepair]: () => Promise<void>;
  [commandIds.serveFrom]: TargetCommand;
  [commandIds.allowWrites]: TargetCommand;
  [commandIds.makeReadOnly]: TargetCommand;
  [commandIds.releaseLock]: TargetCommand;
  [commandIds.precheckSwitch]: TargetCommand;
  [commandIds.precheckReverse]: TargetCommand;
  [commandIds.switchTraffic]: TargetCommand;
  [commandIds.reverseTraffic]: TargetCommand;
  [commandIds.showHistory]: () => Promise<void>;
  [commandIds.undoRun]: TargetCommand;
  [commandIds.showLog]: () => Promise<void>;
  [commandIds.openSettings]: () => Promise<void>;
}
