import type { RecordChange, TopologyUpdate, WatchStatus } from '../model/topologyChange.ts';
import type { CellData, TopologyData, TopologyFailure } from '../model/topologyData.ts';
import { applyChanges, changesBetween } from './applyChanges.ts';
import { failedCell } from './cellInfo.ts';

/** A topology that is being followed: what is known of it, what of that is not current, and who is told. */
export class FollowedTopology {
  private readonly tell: (update: TopologyUpdate) => void;
  /** The last that is known of everything, also of cells that are lost. */
  private known: TopologyData;
  private readonly lostCells = new Map<string, TopologyFailure>();
  /** Undefined until it is known. */
  private status: WatchStatus | undefined;

  constructor(data: TopologyData, tell: (update: TopologyUpdate) => void) {
    this.known = data;
    this.tell = tell;
  }

  /** The global records as they are known. */
  get global(): TopologyData['global'] {
    return this.known.global;
  }

  /** Whether a cell that was read has no record left. */
  isEmpty(name: string): boolean {
    return this.known.cells.some((cell) => cell.cell === name && cell.status === 'loaded' && cell.records.length === 0);
  }

  /** Takes in what one revision changed; it is also the global cluster's where that made it. */
  wrote(changes: readonly RecordChange[], revision: string, isGlobal: boolean): void {
    const data = applyChanges(this.known, changes);
    this.known = isGlobal ? { ...data, revision } : data;
    this.publish(changes, revision);
  }

  /** Takes in the leases of locks as they are now; locks that were written since keep what is known of them. */
  renewed(locks: readonly RecordChange[]): void {
    const written = new Map(this.known.global.map(({ path, modRevision }) => [path, modRevision]));
    this.known = applyChanges(
      this.known,
      locks.filter(({ record, now }) => written.get(record.path) === now?.modRevision),
    );
    this.publish([], undefined);
  }

  /** Takes in a whole new reading. */
  readAgain(data: TopologyData): void {
    const changes = changesBetween(this.known, data);
    const { dumps } = this.known;
    // What others added to the records stays.
    this.known = { ...this.known, ...data, dumps };
    this.lostCells.clear();
    this.status = { kind: 'live' };
    this.publish(changes, undefined);
  }

  lost(cells: readonly string[] | 'everything', failure: TopologyFailure): void {
    if (cells === 'everything') {
      if (this.status?.kind === 'stale' && this.status.failure.message === failure.message) return;
      const since = this.status?.kind === 'stale' ? this.status.since : Date.now();
      this.status = { kind: 'stale', since, failure };
    } else {
      if (cells.every((cell) => this.lostCells.has(cell))) return;
      for (const cell of cells) this.lostCells.set(cell, failure);
    }
    this.publish([], undefined);
  }

  found(cells: readonly string[] | 'everything'): void {
    if (cells === 'everything') {
      if (this.status?.kind === 'live') return;
      this.status = { kind: 'live' };
    } else if (cells.filter((cell) => this.lostCells.delete(cell)).length === 0) {
      return;
    }
    this.publish([], undefined);
  }

  private publish(changes: readonly RecordChange[], revision: string | undefined): void {
    this.known = { ...this.known, readAt: Date.now() };
    this.tell({ data: this.shown(), changes, revision, status: this.status ?? { kind: 'live' } });
  }

  /** A cell that is lost is one that could not be read, as it would be for a reader who comes now. */
  private shown(): TopologyData {
    const { lostCells } = this;
    if (lostCells.size === 0) return this.known;
    return {
      ...this.known,
      cells: this.known.cells.map((cell): CellData => {
        const failure = lostCells.get(cell.cell);
        return failure === undefined ? cell : failedCell(cell.cell, failure);
      }),
      notes: this.known.notes.filter((note) => ![...lostCells.keys()].some((cell) => note.startsWith(`${cell}: `))),
    };
  }
}
