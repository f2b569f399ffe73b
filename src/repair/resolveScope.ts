/** Finds what a person's words for a scope stand for. */
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { RepairScope } from '../model/plan.ts';
import { recordName } from '../model/record.ts';

/**
 * The scope with a Move's id where a workflow was named, or why there is no
 * such thing: a scope that matches nothing would look healthy.
 */
export function resolveScope(
  scope: RepairScope,
  { moves, snapshot, findings, complete }: DiagnosedTopology,
): RepairScope | string {
  const unread = complete ? '' : ' Not everything could be read.';
  switch (scope.kind) {
    case 'all':
      return scope;
    case 'keyspace':
      return snapshot.keyspaces.has(scope.keyspace) ? scope : `There is no keyspace ${scope.keyspace}.${unread}`;
    case 'move': {
      const found =
        moves.find(({ id }) => id === scope.move) ?? moves.find(({ workflows }) => workflows.includes(scope.move));
      if (found !== undefined) return { kind: 'move', move: found.id };
      const known = moves.length === 0 ? 'There is none.' : `Known are ${moves.map(({ id }) => id).join(', ')}.`;
      return `There is no move ${scope.move}. ${known}${unread}`;
    }
    case 'finding':
      return findings.some(
        ({ code, places: [{ record }] }) => code === scope.code && recordName(record) === scope.record,
      )
        ? scope
        : `There is no finding ${scope.code} in ${scope.record}: it may be repaired already.${unread}`;
  }
}
