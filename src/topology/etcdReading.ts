import type { TopologyData } from '../model/topologyData.ts';
import type { CellResult } from './etcdCells.ts';
import type { EtcdPlace } from './etcdPlaces.ts';

/** One reading of a topology with what it takes to go on from it. */
export interface EtcdReading {
  readonly data: TopologyData;
  readonly global: EtcdPlace;
  readonly cells: readonly CellResult[];
  /** The revision that each cluster was read at, by cluster id. */
  readonly revisions: ReadonlyMap<string, string>;
}

/** One root of a cluster: the global one, or a cell's. */
export interface ClusterRoot {
  readonly root: string;
  readonly cell: string | undefined;
}

/** What a reading took from one etcd cluster, all at one revision. */
export interface ReadCluster {
  readonly id: string;
  readonly connection: EtcdPlace['connection'];
  readonly isGlobal: boolean;
  readonly roots: readonly ClusterRoot[];
  readonly revision: bigint;
}

/** The clusters of a reading; a cell that another address of the global cluster gave counts to that. */
export function readClusters({ global, cells, revisions }: EtcdReading): ReadCluster[] {
  const loaded = cells.flatMap(({ data, place }) => (place === undefined ? [] : [{ ...place, cell: data.cell }]));
  const places = [{ ...global, cell: undefined }, ...loaded];
  const ids = [...new Set(places.map(({ cluster }) => cluster))];
  return ids.flatMap((id) => {
    const own = places.filter(({ cluster }) => cluster === id);
    const [first] = own;
    const revision = revisions.get(id);
    if (first === undefined || revision === undefined) return [];
    const roots = own.map(({ root, cell }) => ({ root, cell }));
    return [{ id, connection: first.connection, isGlobal: id === global.cluster, roots, revision: BigInt(revision) }];
  });
}
