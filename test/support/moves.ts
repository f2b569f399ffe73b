/** Healthy topologies of one move each, of tables `corder` and `customer` from `commerce` to `customer`. */
import type { TopologyData } from '../../src/model/topologyData.ts';
import {
  buildTopology,
  type KeyspaceSpec,
  type MultiTenantMove,
  type PartialMove,
  type StandardMove,
  type TopologySpec,
} from './topologySpec.ts';

export const movedTables = ['corder', 'customer'];
const sides = { source: 'commerce', target: 'customer', tables: movedTables };
const ranged = ['-80', '80-'];

type Rest = Partial<TopologySpec>;

/** A whole move whose traffic is all switched, unless told otherwise; from one shard to two. */
export function standardTopology(move: Partial<StandardMove> = {}, rest: Rest = {}): TopologyData {
  const switched: StandardMove = {
    ...sides,
    kind: 'standard',
    writes: 'target',
    replica: 'target',
    rdonly: 'target',
    mirrored: false,
    earlierReads: [],
    ...move,
  };
  return topologyOf([['0'], ranged], { moves: [switched], ...rest });
}

/** The same move as MoveTables create leaves it. */
export function createdTopology(move: Partial<StandardMove> = {}, rest: Rest = {}): TopologyData {
  return standardTopology({ writes: 'source', replica: 'source', rdonly: 'source', ...move }, rest);
}

/** A move shard by shard between keyspaces of two shards. */
export function partialTopology(shards: PartialMove['shards'], rest: Rest = {}): TopologyData {
  return topologyOf([ranged, ranged], { moves: [{ ...sides, kind: 'partial', shards }], ...rest });
}

/** A move of a tenant's whole keyspace. */
export function tenantTopology(move: Partial<MultiTenantMove> = {}, rest: Rest = {}): TopologyData {
  const switched: MultiTenantMove = {
    ...sides,
    kind: 'multi-tenant',
    writes: 'target',
    replica: 'target',
    rdonly: 'target',
    ...move,
  };
  return topologyOf([['0'], ranged], { moves: [switched], ...rest });
}

function topologyOf([source = [], target = []]: string[][], rest: Rest): TopologyData {
  const keyspaces: KeyspaceSpec[] = [
    { name: 'commerce', shards: source },
    { name: 'customer', shards: target },
  ];
  return buildTopology({ cells: ['zone1'], keyspaces, moves: [], dumps: false, ...rest });
}
