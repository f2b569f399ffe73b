/** What the operator must know before a move is turned to one keyspace. */
import type { Move } from '../model/move.ts';
import { listWords } from '../model/words.ts';
import { qualifiedWorkflow, type Workflow } from '../model/workflow.ts';
import type { Snapshot } from '../records/snapshot.ts';

/** Which side's rows may be missing, and what is known of the replication that would bring them. */
export function serveFromWarning({ workflows }: Snapshot, move: Move, keyspace: string): string {
  const other = keyspace === move.source ? move.target : move.source;
  const rows =
    `Writes and reads of ${listWords(move.tables)} go to ${keyspace}, of every tablet type. ` +
    `Rows that were written on ${other} are missing or stale there unless replication kept up. `;
  const replicating = workflows.workflows.find(
    (workflow) => workflow.keyspace === keyspace && move.workflows.includes(qualifiedWorkflow(workflow)),
  );
  if (replicating !== undefined) return rows + stateWords(replicating);
  return workflows.completeFor.has(keyspace)
    ? `${rows}No workflow replicates from ${other} to ${keyspace}.`
    : `${rows}Whether a workflow replicates from ${other} to ${keyspace} is not known.`;
}

function stateWords(workflow: Workflow): string {
  const name = qualifiedWorkflow(workflow);
  const { streams = [] } = workflow;
  if (streams.length === 0) return `The state of ${name}, which would bring them, is not known.`;
  const failed = streams.filter(({ state }) => state === 'Error');
  if (failed.length > 0) {
    return `${name}, which would bring them, has failed on ${listWords(failed.map(({ shard }) => shard))}: ${failed[0]?.message ?? ''}`;
  }
  const states = [...new Set(streams.map(({ state }) => state))];
  return `${name}, which would bring them, was ${listWords(states)} when this was read; how far it lags is not known.`;
}
