import type { Disposable } from 'vscode';
import { commandIds } from '../contributions/ids.ts';
import { registerCommands } from '../host/commandRegistry.ts';
import { addConnection } from './addConnection.ts';
import type { CommandDeps } from './commandDeps.ts';
import { connect } from './connect.ts';
import { copyCommandsCommand } from './copyCommands.ts';
import { diagnose, diagnoseKeyspace, diagnoseMove, openReport } from './diagnose.ts';
import { disconnect } from './disconnect.ts';
import { exportSnapshot } from './exportSnapshot.ts';
import { showHistory, undoRun } from './history.ts';
import { exportMap, showMap } from './moveMap.ts';
import { openFindingHelp } from './openFindingHelp.ts';
import { openRecordCommand } from './openRecord.ts';
import { openRunbook } from './openRunbook.ts';
import { openSample, openSnapshot } from './openSnapshot.ts';
import { planRepairCommand, runRepair } from './planRepair.ts';
import { precheckMove } from './precheck.ts';
import { refresh } from './refresh.ts';
import { releaseLock } from './releaseLock.ts';
import { removeConnection } from './removeConnection.ts';
import { revealMove } from './revealMove.ts';
import { serveFrom } from './serveFrom.ts';
import { openSettings, showLog } from './simpleCommands.ts';
import { switchTraffic } from './switchTraffic.ts';
import { exportTimeline, openTimeline } from './timeline.ts';
import { useConnection } from './useConnection.ts';
import { allowWrites, makeReadOnly } from './writeAccess.ts';

/** Registers every command of the manifest. */
export function registerAllCommands(deps: CommandDeps): Disposable {
  const sessions = deps.store;
  return registerCommands(
    {
      [commandIds.addConnection]: addConnection(deps),
      [commandIds.removeConnection]: removeConnection(deps),
      [commandIds.connect]: connect(deps),
      [commandIds.disconnect]: disconnect(deps),
      [commandIds.useConnection]: useConnection(deps),
      [commandIds.openSample]: openSample(deps),
      [commandIds.openSnapshot]: openSnapshot(deps),
      [commandIds.exportSnapshot]: exportSnapshot(deps),
      [commandIds.refresh]: refresh(deps),
      [commandIds.retry]: refresh(deps),
      [commandIds.diagnose]: diagnose(deps),
      [commandIds.diagnoseKeyspace]: diagnoseKeyspace(deps),
      [commandIds.diagnoseMove]: diagnoseMove(deps),
      [commandIds.revealMove]: revealMove(deps),
      [commandIds.showMap]: showMap(deps),
      [commandIds.exportMap]: exportMap(deps),
      [commandIds.openReport]: openReport(deps),
      [commandIds.openTimeline]: openTimeline(deps),
      [commandIds.exportTimeline]: exportTimeline(deps),
      [commandIds.openRunbook]: openRunbook(deps),
      [commandIds.openRecord]: openRecordCommand({ sessions }),
      [commandIds.copyCommands]: copyCommandsCommand({ sessions }),
      [commandIds.openFindingHelp]: openFindingHelp(deps),
      [commandIds.planRepair]: planRepairCommand(deps),
      [commandIds.runRepair]: runRepair(deps),
      [commandIds.serveFrom]: serveFrom(deps),
      [commandIds.allowWrites]: allowWrites(deps),
      [commandIds.makeReadOnly]: makeReadOnly(deps),
      [commandIds.releaseLock]: releaseLock(deps),
      [commandIds.precheckSwitch]: precheckMove(deps, 'switch'),
      [commandIds.precheckReverse]: precheckMove(deps, 'reverse'),
      [commandIds.switchTraffic]: switchTraffic(deps, 'switch'),
      [commandIds.reverseTraffic]: switchTraffic(deps, 'reverse'),
      [commandIds.showHistory]: showHistory(deps),
      [commandIds.undoRun]: undoRun(deps),
      [commandIds.showLog]: showLog(deps),
      [commandIds.openSettings]: openSettings(),
    },
    deps.log,
  );
}
