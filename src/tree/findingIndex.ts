import type { DiagnosedMove, DiagnosedTopology } from '../diagnose/diagnose.ts';
import { routingTable, type RoutingTable } from '../diagnose/routing.ts';
import { unreadOfKeyspace, unreadOfMove } from '../diagnose/unread.ts';
import type { Finding } from '../model/finding.ts';
import { groupBy } from '../model/groupBy.ts';
import { loadedValue } from '../model/reading.ts';
import type { RecordId } from '../model/record.ts';
import type { KeyspaceRecords } from '../records/snapshot.ts';
import { parseGlobalPath } from '../records/topoKey.ts';

/** Where each finding of a topology is shown, and which records a judgement rests on could not be read. */
export class FindingIndex {
  readonly topology: DiagnosedTopology;
  readonly routing: RoutingTable;
  private readonly byPlace: ReadonlyMap<string, readonly Finding[]>;
  private readonly byTarget: ReadonlyMap<string, readonly DiagnosedMove[]>;
  private readonly bySource: ReadonlyMap<string, readonly DiagnosedMove[]>;

  constructor(topology: DiagnosedTopology) {
    this.topology = topology;
    this.routing = routingTable(loadedValue(topology.snapshot.routingRules));
    const placed = topology.findings.flatMap((finding) => this.placesOf(finding).map((place) => ({ place, finding })));
    const groups = groupBy(placed, ({ place }) => place);
    this.byPlace = new Map([...groups].map(([place, found]) => [place, found.map(({ finding }) => finding)]));
    this.byTarget = groupBy(topology.moves, ({ target }) => target);
    this.bySource = groupBy(topology.moves, ({ source }) => source);
  }

  /** Findings about a shard, whether or not they belong to a move too. */
  ofShard(keyspace: string, shard: string): readonly Finding[] {
    return this.at(place.shard(keyspace, shard));
  }

  /** Findings about the keyspace itself: no move, shard, cell or lock has them. */
  ofKeyspaceItself(keyspace: string): readonly Finding[] {
    return this.at(place.keyspace(keyspace));
  }

  /** Findings about a cell, whether or not they belong to a move too. */
  ofCell(cell: string): readonly Finding[] {
    return this.at(place.cell(cell));
  }

  /** Findings about the lock with this record. */
  ofLock(record: RecordId): readonly Finding[] {
    return this.at(place.lock(record));
  }

  /** Findings that no keyspace, cell or lock has: of the routing rules as a whole. */
  ofRules(): readonly Finding[] {
    return this.at(place.rules);
  }

  /** The moves to a keyspace, in the order of the diagnosis. */
  movesTo(keyspace: string): readonly DiagnosedMove[] {
    return this.byTarget.get(keyspace) ?? [];
  }

  /** The moves from a keyspace, in the order of the diagnosis. */
  movesFrom(keyspace: string): readonly DiagnosedMove[] {
    return this.bySource.get(keyspace) ?? [];
  }

  /** Everything found in a keyspace: its own, its shards' and that of the moves to it. */
  allOfKeyspace({ name, shards }: KeyspaceRecords): readonly Finding[] {
    return unique([
      ...this.ofKeyspaceItself(name),
      ...this.movesTo(name).flatMap(({ findings }) => findings),
      ...shards.flatMap((shard) => this.ofShard(name, shard.name)),
    ]);
  }

  /** The names of records that a judgement of the move rests on and that could not be read. */
  unreadOfMove(move: DiagnosedMove): readonly string[] {
    return unreadOfMove(this.topology.snapshot, move);
  }

  /** The names of records that a judgement of the keyspace or of its moves rests on and that could not be read. */
  unreadOfKeyspace(keyspace: KeyspaceRecords): readonly string[] {
    const moves = [...this.movesTo(keyspace.name), ...this.movesFrom(keyspace.name)];
    return unique([
      ...unreadOfKeyspace(this.topology.snapshot, keyspace),
      ...moves.flatMap((move) => this.unreadOfMove(move)),
    ]);
  }

  private at(key: string): readonly Finding[] {
    return this.byPlace.get(key) ?? [];
  }

  private placesOf({ keyspace, shard, cell, move, places }: Finding): string[] {
    const { snapshot } = this.topology;
    const { record } = places[0];
    if (record.cell === undefined && parseGlobalPath(record.path).kind === 'Lock') return [place.lock(record)];
    const known = keyspace === undefined ? undefined : snapshot.keyspaces.get(keyspace);
    const found: string[] = [];
    if (known !== undefined && shard !== undefined && known.shards.some(({ name }) => name === shard)) {
      found.push(place.shard(known.name, shard));
    }
    if (cell !== undefined && snapshot.cells.some(({ name }) => name === cell)) found.push(place.cell(cell));
    if (found.length > 0 || move !== undefined) return found;
    return [known === undefined ? place.rules : place.keyspace(known.name)];
  }
}

const place = {
  shard: (keyspace: string, shard: string) => `shard ${keyspace}/${shard}`,
  keyspace: (keyspace: string) => `keyspace ${keyspace}`,
  cell: (cell: string) => `cell ${cell}`,
  lock: ({ path }: RecordId) => `lock ${path}`,
  rules: 'rules',
};

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
