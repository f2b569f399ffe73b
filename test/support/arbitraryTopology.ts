import fc from 'fast-check';
import type { KeyspaceSpec, MoveSpec, TopologySpec } from './topologySpec.ts';

const shardLayouts: readonly (readonly string[])[] = [['0'], ['-'], ['-80', '80-'], ['-40', '40-80', '80-']];
const side = fc.constantFrom('source', 'target');
const writes = fc.constantFrom('source', 'target', 'reversed');

// Half of the time all keyspaces are alike, as partial moves need them.
const keyspaces = fc
  .oneof(
    fc.array(fc.constantFrom(...shardLayouts), { minLength: 2, maxLength: 5 }),
    fc
      .tuple(fc.integer({ min: 2, max: 5 }), fc.constantFrom(...shardLayouts))
      .map(([size, shards]) => Array.from({ length: size }, () => shards)),
  )
  .map((layouts) => layouts.map((shards, index): KeyspaceSpec => ({ name: `ks${index}`, shards })));

/** Any healthy topology: keyspaces sharded or not, one to three cells, up to three moves in any phase. */
export const arbitraryTopology: fc.Arbitrary<TopologySpec> = fc
  .tuple(fc.integer({ min: 1, max: 3 }), keyspaces, fc.boolean())
  .chain(([cellCount, all, dumps]) => {
    const cells = Array.from({ length: cellCount }, (_, index) => `zone${index + 1}`);
    return fc
      .tuple(fc.array(arbitraryMove(all, cells), { maxLength: 3 }), fc.boolean())
      .map(([moves, alike]): TopologySpec => ({
        cells,
        keyspaces: all,
        moves: withOwnTables(compatible(moves), alike),
        dumps,
      }));
  });

function arbitraryMove(all: readonly KeyspaceSpec[], cells: readonly string[]): fc.Arbitrary<MoveSpec> {
  const pair = fc.shuffledSubarray([...all], { minLength: 2, maxLength: 2 });
  return fc
    .record({
      pair,
      size: fc.integer({ min: 1, max: 3 }),
      writes,
      replica: side,
      rdonly: side,
      kind: fc.nat(5),
      mirrored: fc.boolean(),
    })
    .chain(({ pair: [from, to], size, kind, ...phase }) => {
      const sides = {
        source: from?.name ?? '',
        target: to?.name ?? '',
        tables: Array.from({ length: size }, (_, i) => `t${i}`),
      };
      const shards = from?.shards ?? [];
      const sameShards = shards.length > 1 && shards.join() === to?.shards.join();
      if (kind < 3 && sameShards) {
        return fc.tuple(...shards.map(() => writes)).map((states): MoveSpec => ({
          ...sides,
          kind: 'partial',
          shards: Object.fromEntries(shards.map((shard, i) => [shard, states[i] ?? 'source'])),
        }));
      }
      if (kind === 3) {
        const tenants: MoveSpec = {
          ...sides,
          ...phase,
          kind: 'multi-tenant',
          writes: phase.writes === 'target' ? 'target' : 'source',
        };
        return fc.constant(tenants);
      }
      const mirrored = phase.mirrored && phase.writes === 'source';
      return fc
        .subarray(cells.slice(1))
        .map((earlierReads): MoveSpec => ({ ...sides, ...phase, kind: 'standard', mirrored, earlierReads }));
    });
}

/**
 * Moves that Vitess allows beside each other: one multi-tenant move at most, one
 * move between two keyspaces that has a partial one, and one partial move of a
 * keyspace, since ShardRoutingRules hold one rule for each shard.
 */
function compatible(moves: readonly MoveSpec[]): MoveSpec[] {
  const kept: MoveSpec[] = [];
  for (const move of moves) {
    const allowed = kept.every((other) => {
      const shared = [move.source, move.target].filter((name) => [other.source, other.target].includes(name));
      if (move.kind !== 'standard' && move.kind === other.kind) return move.kind === 'partial' && shared.length === 0;
      return shared.length < 2 || (move.kind === 'standard' && other.kind === 'standard');
    });
    if (allowed) kept.push(move);
  }
  return kept;
}

/** Gives each move its tables; `alike` gives moves without a common keyspace tables of the same names. */
function withOwnTables(moves: readonly MoveSpec[], alike: boolean): MoveSpec[] {
  return moves.map((move, index) => {
    const apart = moves.every(
      (other) =>
        other === move || ![other.source, other.target].some((name) => [move.source, move.target].includes(name)),
    );
    return { ...move, tables: move.tables.map((table) => (alike && apart ? table : `m${index}${table}`)) };
  });
}
