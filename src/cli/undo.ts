/** `vitess-topo undo`. */
import type { FileHistory } from '../history/fileHistory.ts';
import { diedRunsHere } from '../history/thisHost.ts';
import { planUndo } from '../repair/planUndo.ts';
import type { RunRecord } from '../repair/ports.ts';
import { loadRun } from './carryOut.ts';
import type { CommandLine } from './commandLine.ts';
import type { CommandEnvironment, ExitCode } from './environment.ts';
import { onTopology, type OpenedTopology } from './onTopology.ts';
import { propose } from './proposal.ts';
import { listRuns, loadedRuns, openHistory } from './recordedRuns.ts';

type UndoCommandLine = Extract<CommandLine, { readonly command: 'undo' }>;

/** Plans taking back a run, shows it, asks and carries it out. */
export function undo(commandLine: UndoCommandLine, environment: CommandEnvironment): Promise<ExitCode> {
  return onTopology(commandLine, environment, async (opened) => {
    const history = openHistory(commandLine.historyFolder, environment);
    const found = await runToUndo(commandLine.run, history, opened);
    const planned = 'refusal' in found ? found : planUndo(found.run, opened);
    const plan = 'plan' in planned ? planned.plan : undefined;
    const options = commandLine;
    const verb = 'run' in found ? `Undo run ${found.run.id}:` : 'Undo';
    const nothing = 'refusal' in planned ? planned.refusal : '';
    const rest = plan === undefined ? 1 : 0;
    return propose({ options, verb, result: { plan, refusals: [] }, nothing, rest, history }, opened, environment);
  });
}

type Found = { readonly run: RunRecord } | { readonly refusal: string };

async function runToUndo(id: string | undefined, history: FileHistory, { topology }: OpenedTopology): Promise<Found> {
  const runs = id === undefined ? loadedRuns(await listRuns(history)) : [await loadRun(history, id)];
  const died = new Set(diedRunsHere(runs).map(({ run }) => run.id));
  const isOver = ({ id: one, status }: RunRecord): boolean => status !== 'running' || died.has(one);
  if (id !== undefined) {
    const [run] = runs;
    if (run === undefined || !isOver(run)) return { refusal: `The run ${id} is still running. Let it end.` };
    return { run };
  }
  const run = runs.find((one) => one.topology === topology.description && changedSomething(one));
  if (run === undefined) return { refusal: `No run in ${history.folder} changed ${topology.description}.` };
  if (!isOver(run)) return { refusal: `The run ${run.id} is still running. Let it end.` };
  if (run.kind === 'undo') {
    return { refusal: `The last run, ${run.id}, is an undo itself. To take that back name it: undo ${run.id}.` };
  }
  return { run };
}

/** Whether what a run wrote may stand. */
function changedSomething({ status, plan, steps }: RunRecord): boolean {
  if (status === 'unchanged' || status === 'undone') return false;
  return plan.steps.some(({ kind }, index) => {
    const step = steps[index]?.status ?? 'waiting';
    return kind === 'write' && step !== 'waiting' && step !== 'skipped';
  });
}
