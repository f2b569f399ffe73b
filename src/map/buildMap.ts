import type { DiagnosedMove, DiagnosedTopology } from '../diagnose/diagnose.ts';
import { unreadOfMove } from '../diagnose/unread.ts';
import { lockTarget } from '../model/lock.ts';
import { healthOf, healthState, healthWords } from '../model/health.ts';
import { moveTitle } from '../model/move.ts';
import { count, listWords } from '../model/words.ts';
import { FindingMarks } from './findingMarks.ts';
import { locksOfMove, mapLock } from './mapLocks.ts';
import { mapRouting } from './mapRouting.ts';
import { mapSide } from './mapSides.ts';
import type { MoveMap } from './moveMap.ts';

/** The map of a move; undefined when the topology has no move with this id. */
export function buildMap(topology: DiagnosedTopology, moveId: string): MoveMap | undefined {
  const move = topology.moves.find(({ id }) => id === moveId);
  if (move === undefined) return undefined;
  const { snapshot } = topology;
  const locks = locksOfMove(snapshot, move);
  const marks = new FindingMarks(
    topology,
    move,
    locks.map(({ record }) => record),
  );
  const sides = { snapshot, move, marks, locks };
  return {
    title: moveTitle(move),
    summary: summary(move),
    tables: move.tables,
    trafficState: move.trafficState,
    ...judgement(topology, move, marks),
    source: mapSide(sides, 'source'),
    target: mapSide(sides, 'target'),
    routing: mapRouting(snapshot, move, marks),
    locks: locks
      .filter(({ lockedPath }) => ['workflow', 'other'].includes(lockTarget(lockedPath).kind))
      .map((lock) => mapLock(lock, marks)),
    findings: marks.findings,
  };
}

function summary({ kind, source, target, tables, direction, mirrored }: DiagnosedMove): string {
  return [
    `${kind === 'standard' ? 'MoveTables' : `MoveTables (${kind})`} from ${source} to ${target}`,
    tables.length === 0 ? '' : count(tables.length, 'table'),
    mirrored ? 'reads mirrored' : '',
    direction === 'inferred' ? 'source and target told from the records' : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** Of everything on the map: what could not be read never looks healthy. */
function judgement(
  { findings, snapshot }: DiagnosedTopology,
  move: DiagnosedMove,
  marks: FindingMarks,
): Pick<MoveMap, 'state' | 'verdict'> {
  const shown = findings.filter((finding) => marks.has(finding));
  const health = healthOf(shown);
  const unread = unreadOfMove(snapshot, move);
  const state = healthState(health);
  const words = healthWords(health) || (unread.length === 0 ? 'no contradictions' : 'not fully checked');
  return {
    state: unread.length > 0 && state !== 'error' ? 'unchecked' : state,
    verdict: unread.length === 0 ? words : `${words}: ${listWords(unread, 3)} could not be read`,
  };
}
