/** Which findings a request is about. */
import type { Finding } from '../model/finding.ts';
import { lockTarget } from '../model/lock.ts';
import type { Move } from '../model/move.ts';
import { recordName } from '../model/record.ts';
import { parseGlobalPath } from '../records/topoKey.ts';
import { namedLocks } from './planLocks.ts';
import type { RepairContext } from './repairContext.ts';

/** The findings in the request's scope, worst first. */
export function findingsInScope(context: RepairContext): Finding[] {
  const { request, diagnosed, moves } = context;
  const { scope } = request;
  switch (scope.kind) {
    case 'all':
      return [...diagnosed.findings];
    case 'finding':
      return diagnosed.findings.filter(
        ({ code, places: [{ record }] }) => code === scope.code && recordName(record) === scope.record,
      );
    case 'move':
      return ofMoves(
        context,
        moves.filter(({ id }) => id === scope.move),
      );
    case 'keyspace': {
      const touching = moves.filter(({ source, target }) => [source, target].includes(scope.keyspace));
      const own = diagnosed.findings.filter(({ keyspace }) => keyspace === scope.keyspace);
      const all = new Set([...own, ...ofMoves(context, touching)]);
      return diagnosed.findings.filter((finding) => all.has(finding));
    }
  }
}

/** What is said of moves, of their keyspaces in the cells, and of their locks. */
function ofMoves({ diagnosed, snapshot }: RepairContext, moves: readonly Move[]): Finding[] {
  const ids = new Set(moves.map(({ id }) => id));
  const sides = new Set(moves.flatMap(({ source, target }) => [source, target]));
  const named = new Set(moves.flatMap((move) => namedLocks(snapshot, move)));
  const partial = moves.some(({ kind }) => kind === 'partial');
  return diagnosed.findings.filter((finding) => {
    const { code, move, keyspace = '', places } = finding;
    if (move !== undefined) return ids.has(move);
    if (code === 'stale-srv-vschema') {
      return (
        sides.has(keyspace) || places[0].path.length === 0 || (partial && places[0].path[0] === 'shard_routing_rules')
      );
    }
    if (code !== 'abandoned-lock' && code !== 'held-lock') return false;
    const key = parseGlobalPath(places[0].record.path);
    if (key.kind !== 'Lock') return false;
    const target = lockTarget(key.lockedPath);
    return named.has(key.lockedPath) || (target.kind === 'keyspace' && sides.has(target.keyspace));
  });
}
