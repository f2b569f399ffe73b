/** Command lines that several sections of a runbook show. */
import { getWorkflows, moveTables } from '../../diagnose/commandList.ts';
import type { Move } from '../../model/move.ts';
import type { RepairDirection, RepairScope } from '../../model/plan.ts';
import { option, shellWord } from '../../model/shellWords.ts';
import type { RunbookContext } from './runbookModel.ts';

type Addressed = Pick<RunbookContext, 'subject' | 'data'>;

/** A command on the topology that runs; of a snapshot's topology the shell's variable ETCD has the endpoints. */
export function vitessTopo({ subject, data }: Addressed, ...words: readonly string[]): string {
  const address =
    subject.address === undefined
      ? `--etcd "$ETCD" --root ${shellWord(data.globalRoot)}`
      : subject.address.map(shellWord).join(' ');
  return ['vitess-topo', ...words.map(shellWord), address].join(' ');
}

/** The options of `repair` and `runbook` for a scope. */
export function scopeOptions(scope: RepairScope): string[] {
  switch (scope.kind) {
    case 'all':
      return [];
    case 'keyspace':
      return option('keyspace', scope.keyspace);
    case 'move':
      return option('move', scope.move);
    case 'finding':
      return option('finding', `${scope.code}:${scope.record}`);
  }
}

export function directionOptions(direction: RepairDirection): string[] {
  return direction.kind === 'serve-from' ? option('direction', `serve-from:${direction.keyspace}`) : [];
}

/** Each known workflow's status, or the workflows of both sides where none is known. */
export function statusCommands({ workflows, source, target }: Move): string[] {
  return workflows.length === 0
    ? [source, target].map(getWorkflows)
    : workflows.map((workflow) => moveTables(workflow, 'status'));
}
