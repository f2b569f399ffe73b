import type { CellData, TopologyData, TopologyRecord } from '../../src/model/topologyData.ts';

/** A topology as an etcd tells it: all records written at one revision, and locks without a lease. */
export function withRevisions(data: TopologyData, revision = '144'): TopologyData {
  const written = (records: readonly TopologyRecord[]): TopologyRecord[] =>
    records.map((record) => {
      const lease = record.path.includes('/locks/') ? ({ lease: { kind: 'none' } } as const) : {};
      return { ...record, ...lease, modRevision: revision };
    });
  return {
    ...data,
    revision,
    global: written(data.global),
    cells: data.cells.map((cell): CellData =>
      cell.status === 'loaded' ? { ...cell, records: written(cell.records) } : cell,
    ),
  };
}
