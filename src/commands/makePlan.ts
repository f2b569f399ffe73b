import { defaultTablets } from '../host/tabletSettings.ts';
import { tabletWords } from '../host/repairWords.ts';
import type { ShownPlan } from '../host/repairDocuments.ts';
import type { RepairRequest } from '../model/plan.ts';
import { planRepair } from '../repair/planRepair.ts';
import { planUndo } from '../repair/planUndo.ts';
import type { RunRecord } from '../repair/ports.ts';
import { withoutRevision, type JudgedTopology } from '../repair/repairContext.ts';
import type { CommandDeps } from './commandDeps.ts';
import { readAgain, type ReadTopology } from './readAgain.ts';

/** Plans a repair from what was just read. */
export function repairOf(deps: CommandDeps, { connection, topology }: ReadTopology, request: RepairRequest): ShownPlan {
  return {
    connection,
    subject: subjectOf(deps, connection, `Repair of ${connection}`),
    result: planRepair(request, plannable(deps, connection, topology)),
    diagnosed: topology.diagnosed,
    again: async () => {
      const read = await readAgain(deps, { connection }, '');
      return read === undefined ? undefined : repairOf(deps, read, request);
    },
  };
}

/** Plans to take back what a run wrote; the reason in words when that cannot be done. */
export function undoOf(deps: CommandDeps, { connection, topology }: ReadTopology, run: RunRecord): ShownPlan | string {
  const undo = planUndo(run, topology);
  if ('refusal' in undo) return undo.refusal;
  return {
    connection,
    subject: subjectOf(deps, connection, `Undo on ${connection}`),
    result: { plan: undo.plan, refusals: [] },
    diagnosed: topology.diagnosed,
    again: async () => {
      const read = await readAgain(deps, { connection }, '');
      const plan = read === undefined ? undefined : undoOf(deps, read, run);
      return typeof plan === 'string' ? undefined : plan;
    },
  };
}

function plannable({ store }: CommandDeps, connection: string, topology: JudgedTopology): JudgedTopology {
  return store.settingsOf(connection)?.kind === 'snapshot' ? withoutRevision(topology) : topology;
}

function subjectOf({ store }: CommandDeps, connection: string, title: string): ShownPlan['subject'] {
  const settings = store.settingsOf(connection);
  const tablets = settings?.kind === 'etcd' ? tabletWords(settings.tablets ?? defaultTablets) : '';
  return { title, detail: store.get(connection)?.connection.detail ?? '', tablets };
}
