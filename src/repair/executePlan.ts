/**
 * Carries out a plan: deny, have every primary confirm, allow, refresh, verify.
 * A crash at any moment leaves a state that a diagnosis explains and the next
 * repair finishes; no two sides accept writes that did not before.
 */
import { listWords } from '../model/words.ts';
import type { TopologyWriter } from '../topology/topologyWriter.ts';
import { carryOut } from './carryOut.ts';
import { explain, settle, verify } from './ending.ts';
import type { ExecuteOptions } from './executeOptions.ts';
import type { RunRecord } from './ports.ts';
import { RunContext } from './runContext.ts';
import { RunLog } from './runLog.ts';
import { errorWords } from './runWords.ts';
import { persistently, within } from './timeLimits.ts';

/**
 * Runs a plan and gives its final audit record, which is also in the history as
 * far as that could be written. Whatever the topology, the tablets and the
 * history do is told in the record; rejects only for a plan that cannot be run.
 */
export async function executePlan(options: ExecuteOptions): Promise<RunRecord> {
  if (options.plan.revision === undefined) throw new Error('a plan from a source without revisions can only be shown');
  const log = new RunLog({ ...options, saveMs: options.limits.callMs });
  await log.save();
  if (log.unsaved !== undefined) return log.finish('unchanged', [`Nothing was begun. ${log.unsaved}`]);
  let writer: TopologyWriter;
  try {
    writer = await openWriter(options);
  } catch (error) {
    return log.finish('unchanged', [`No record was changed: ${errorWords(error)}`]);
  }
  const context = new RunContext(options, log, writer);
  const failure = await carryOut(context).catch((error: unknown) => settle(context, error));
  const released = await close(context);
  const ending = failure === undefined ? await verify(context) : await explain(context, failure);
  return log.finish(ending.status, [...ending.sentences, ...context.forced, ...released]);
}

function openWriter({ topology, who, clock, limits, signal: cancel }: ExecuteOptions): Promise<TopologyWriter> {
  const limit = { clock, ms: limits.callMs, what: 'Opening the topology for writing', cancel };
  const mayGoOn = (): boolean => !cancel.aborted;
  return persistently({ clock, callMs: limits.callMs, mayGoOn }, () =>
    within(limit, (signal) => topology.openWriter(who, { signal })),
  );
}

/** Releases the run's locks; gives what to know when that failed. */
async function close({ options: { clock, limits }, writer, locking }: RunContext): Promise<string[]> {
  const limit = { clock, ms: limits.callMs, what: 'Releasing the locks' };
  const told = await within(limit, (signal) => writer.close({ signal })).catch(() => false);
  if (told || locking.length === 0) return [];
  return [`etcd could not be told to release the locks on ${listWords(locking)}: they go when their lease expires.`];
}
