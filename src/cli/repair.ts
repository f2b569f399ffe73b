/** `vitess-topo repair`. */
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { PlanResult, RepairRequest } from '../model/plan.ts';
import { moveTitle } from '../model/move.ts';
import { listWords } from '../model/words.ts';
import { planRepair } from '../repair/planRepair.ts';
import { withoutRevision } from '../repair/repairContext.ts';
import { TopologyError } from '../topology/topology.ts';
import { isWritable } from '../topology/topologyWriter.ts';
import type { CommandLine } from './commandLine.ts';
import { readableHistory, tellEarlierRuns } from './earlierRuns.ts';
import type { CommandEnvironment, ExitCode } from './environment.ts';
import { onTopology, type OpenedTopology } from './onTopology.ts';
import { propose } from './proposal.ts';
import { openHistory } from './recordedRuns.ts';

type RepairCommandLine = Extract<CommandLine, { readonly command: 'repair' }>;

/** Plans a repair, shows it, asks and carries it out. */
export function repair(commandLine: RepairCommandLine, environment: CommandEnvironment): Promise<ExitCode> {
  return onTopology(commandLine, environment, async (opened) => {
    const { diagnosed } = opened;
    const { planOnly, historyFolder } = commandLine;
    const history = planOnly ? undefined : openHistory(historyFolder, environment);
    const scoped = knownScope(commandLine.request, diagnosed);
    const past =
      history ?? (isWritable(opened.topology) ? await readableHistory(historyFolder, environment) : undefined);
    const refresh = past && (await tellEarlierRuns(past, { scope: scoped.scope, opened }, environment));
    const request = { ...scoped, ...(refresh !== undefined && refresh.length > 0 && { refresh }) };
    const result = plan(request, opened);
    const nothing = nothingWords(result, diagnosed);
    return propose(
      { options: commandLine, verb: 'Repair', result, nothing, rest: restOf(request, result, diagnosed), history },
      opened,
      environment,
    );
  });
}

/** The plan for what was read; a snapshot's is only shown, and says so. */
function plan(request: RepairRequest, opened: OpenedTopology): PlanResult {
  if (isWritable(opened.topology)) return planRepair(request, opened);
  const result = planRepair(request, withoutRevision(opened));
  if (result.plan === undefined) return result;
  const { revision } = opened.data;
  const at = revision === undefined ? '' : ` of revision ${revision}`;
  const warning = `This is a snapshot${at}: a folder cannot be changed, so the plan can only be shown.`;
  return { ...result, plan: { ...result.plan, warnings: [warning, ...result.plan.warnings] } };
}

/** The request with a move's id where a workflow was named. Throws a TopologyError for a keyspace or a move that is not there. */
function knownScope(request: RepairRequest, { snapshot, moves }: DiagnosedTopology): RepairRequest {
  const { scope } = request;
  if (scope.kind === 'keyspace' && !snapshot.keyspaces.has(scope.keyspace)) {
    throw unknown(`keyspace ${scope.keyspace}`, [...snapshot.keyspaces.keys()]);
  }
  if (scope.kind !== 'move') return request;
  const move = moves.find(({ id, workflows }) => id === scope.move || workflows.includes(scope.move));
  if (move === undefined) throw unknown(`move ${scope.move}`, moves.map(moveTitle));
  return { ...request, scope: { kind: 'move', move: move.id } };
}

function unknown(what: string, known: readonly string[]): TopologyError {
  const others = known.length === 0 ? 'There is none.' : `There are ${listWords(known, 12)}.`;
  return new TopologyError({ code: 'not-found', message: `There is no ${what}. ${others}` });
}

function nothingWords({ refusals }: PlanResult, { complete }: DiagnosedTopology): string {
  if (refusals.length > 0) return 'Nothing can be repaired.';
  return complete ? 'Nothing to repair.' : 'Nothing to repair was found, but not everything could be read.';
}

/** What is left when the plan is done. What a topology may have on purpose is nothing that is left, unless it was asked for. */
function restOf({ scope }: RepairRequest, { refusals }: PlanResult, { complete }: DiagnosedTopology): ExitCode {
  const left = refusals.filter(({ finding }) => finding.severity !== 'info' || scope.kind === 'finding');
  if (left.length > 0) return 1;
  return complete ? 0 : 2;
}
