/** What earlier runs on a topology left for a repair. */
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { FileHistory } from '../history/fileHistory.ts';
import { leftUnrefreshed } from '../history/leftUnrefreshed.ts';
import { diedRunsHere } from '../history/thisHost.ts';
import type { RepairScope, ShardName } from '../model/plan.ts';
import { unrefreshedWords } from '../repair/unrefreshed.ts';
import { TopologyError } from '../topology/topology.ts';
import type { CommandEnvironment } from './environment.ts';
import type { OpenedTopology } from './onTopology.ts';
import { listRuns, loadedRuns, openHistory } from './recordedRuns.ts';

/**
 * Names the runs that were cut off and that no later run has made good, and
 * gives the shards in scope whose tablets may not know what earlier runs wrote.
 * Says how those out of scope are refreshed by hand.
 */
export async function tellEarlierRuns(
  history: FileHistory,
  { scope, opened: { topology, diagnosed } }: { readonly scope: RepairScope; readonly opened: OpenedTopology },
  { err }: CommandEnvironment,
): Promise<readonly ShardName[]> {
  const runs = loadedRuns(await listRuns(history)).filter((run) => run.topology === topology.description);
  const died = diedRunsHere(runs);
  const lastDone = runs.findIndex(({ status }) => status === 'done');
  const since = new Set(lastDone < 0 ? runs : runs.slice(0, lastDone));
  for (const { run, summary } of died) if (since.has(run)) err(`Run ${run.id}: ${summary}\n`);
  const over = new Set(died.map(({ run }) => run.id));
  // One of another host may still run: refreshing tablets is no harm to it.
  const left = leftUnrefreshed(runs, ({ id, status }) => status !== 'running' || over.has(id));
  const known = left.filter((shard) => isKnown(shard, diagnosed));
  const mine = known.filter(({ keyspace }) => reaches(scope, keyspace, diagnosed));
  const byHand = unrefreshedWords(known.filter((shard) => !mine.includes(shard)));
  if (byHand !== undefined) err(`Not part of this repair: ${byHand}\n`);
  return mine;
}

/** The history to plan with where nothing is carried out; undefined where there is none to look into. */
export async function readableHistory(
  folder: string | undefined,
  environment: CommandEnvironment,
): Promise<FileHistory | undefined> {
  if (folder === undefined && environment.historyFolder === undefined) return undefined;
  const history = openHistory(folder, environment);
  try {
    await listRuns(history);
    return history;
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    environment.err(`${error.message} What earlier runs left is not part of this plan.\n`);
    return undefined;
  }
}

/** A keyspace or shard that was deleted since has no tablets to refresh. */
function isKnown({ keyspace, shard }: ShardName, { snapshot }: DiagnosedTopology): boolean {
  return snapshot.keyspaces.get(keyspace)?.shards.some(({ name }) => name === shard) ?? false;
}

function reaches(scope: RepairScope, keyspace: string, { moves }: DiagnosedTopology): boolean {
  if (scope.kind === 'all') return true;
  if (scope.kind === 'finding') return false;
  const sides = moves
    .filter(({ id, source, target }) =>
      scope.kind === 'move' ? id === scope.move : [source, target].includes(scope.keyspace),
    )
    .flatMap(({ source, target }) => [source, target]);
  return (scope.kind === 'keyspace' && scope.keyspace === keyspace) || sides.includes(keyspace);
}
