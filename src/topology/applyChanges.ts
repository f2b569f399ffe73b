import type { RecordId } from '../model/record.ts';
import type { RecordChange } from '../model/topologyChange.ts';
import type { CellData, TopologyData, TopologyRecord } from '../model/topologyData.ts';
import { compareText } from './keys.ts';

/** The topology after these changes, at most one a record. What they do not touch stays the same objects; changes of a cell that is not loaded are left out. */
export function applyChanges(data: TopologyData, changes: readonly RecordChange[]): TopologyData {
  const global = changes.filter(({ record }) => record.cell === undefined);
  const touched = new Set(changes.map(({ record }) => record.cell));
  return {
    ...data,
    global: global.length === 0 ? data.global : withChanges(data.global, global),
    cells: data.cells.map((cell): CellData => {
      if (cell.status === 'failed' || !touched.has(cell.cell)) return cell;
      const own = changes.filter(({ record }) => record.cell === cell.cell);
      return { ...cell, records: withChanges(cell.records, own) };
    }),
  };
}

/** What differs between two readings of one topology, in the order of roots and paths. Cells that one of them did not load are left out. */
export function changesBetween(before: TopologyData, after: TopologyData): RecordChange[] {
  const earlier = new Map(before.cells.map((cell) => [cell.cell, cell]));
  return [
    ...differences(before.global, after.global, (path) => ({ path })),
    ...after.cells.flatMap((cell) => {
      const old = earlier.get(cell.cell);
      if (cell.status === 'failed' || old?.status !== 'loaded') return [];
      return differences(old.records, cell.records, (path) => ({ cell: cell.cell, path }));
    }),
  ];
}

/** Sorted records with changes put in, sorted again. */
function withChanges(records: readonly TopologyRecord[], changes: readonly RecordChange[]): TopologyRecord[] {
  const result = [...records];
  for (const { record, now } of changes) {
    const index = position(result, record.path);
    const found = result[index]?.path === record.path;
    result.splice(index, found ? 1 : 0, ...(now === undefined ? [] : [now]));
  }
  return result;
}

/** Where the path is, or would be. */
function position(records: readonly TopologyRecord[], path: string): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareText(records[middle]?.path ?? '', path) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function differences(
  before: readonly TopologyRecord[],
  after: readonly TopologyRecord[],
  name: (path: string) => RecordId,
): RecordChange[] {
  if (before === after) return [];
  const left = new Map(before.map((record) => [record.path, record]));
  const written = after.flatMap((now): RecordChange[] => {
    const old = left.get(now.path);
    left.delete(now.path);
    return old !== undefined && isSame(old, now) ? [] : [{ record: name(now.path), now }];
  });
  const deleted = [...left.keys()].map((path): RecordChange => ({ record: name(path), now: undefined }));
  return [...written, ...deleted].sort((a, b) => compareText(a.record.path, b.record.path));
}

/** Two writes of the same bytes are two changes where revisions tell. */
function isSame(a: TopologyRecord, b: TopologyRecord): boolean {
  return a === b || (a.modRevision === b.modRevision && Buffer.compare(a.value, b.value) === 0);
}
