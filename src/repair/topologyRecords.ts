/** Single records of a topology's data. */
import type { RecordChange } from '../model/plan.ts';
import type { RecordId } from '../model/record.ts';
import type { CellData, TopologyData, TopologyRecord } from '../model/topologyData.ts';

/** A record as it was read; undefined when it is absent or its cell was not read. */
export function recordOf(data: TopologyData, record: RecordId): TopologyRecord | undefined {
  if (record.cell === undefined) return data.global.find(({ path }) => path === record.path);
  const cell = data.cells.find((one) => one.cell === record.cell);
  return cell?.status === 'loaded' ? cell.records.find(({ path }) => path === record.path) : undefined;
}

/** The data as it will be when the changes are written. */
export function withChanges(
  data: TopologyData,
  changes: readonly Pick<RecordChange, 'record' | 'after'>[],
): TopologyData {
  const apply = (records: readonly TopologyRecord[], cell: string | undefined): readonly TopologyRecord[] => {
    const own = new Map(
      changes.filter(({ record }) => record.cell === cell).map((one) => [one.record.path, one.after]),
    );
    if (own.size === 0) return records;
    const added = [...own].flatMap(([path, value]) => (value === undefined ? [] : [{ path, value }]));
    return [...records.filter(({ path }) => !own.has(path)), ...added];
  };
  return {
    ...data,
    global: apply(data.global, undefined),
    cells: data.cells.map((cell): CellData =>
      cell.status === 'loaded' ? { ...cell, records: apply(cell.records, cell.cell) } : cell,
    ),
  };
}

export function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** The revision that a change of a record compares with: '0' when it is absent, '' when the source has no revisions. */
export function revisionOf(data: TopologyData, record: RecordId): string {
  const found = recordOf(data, record);
  return found === undefined ? (data.revision === undefined ? '' : '0') : (found.modRevision ?? '');
}
