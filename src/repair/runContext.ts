/** What the parts of one run share: its limits, what it read and wrote, and how it reads and writes. */
import { diagnose, type DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { PlanStep, RecordChange } from '../model/plan.ts';
import { recordName, type RecordId } from '../model/record.ts';
import type { TopologyData, TopologyFailureCode } from '../model/topologyData.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';
import type { CommitResult, TopologyWriter } from '../topology/topologyWriter.ts';
import { TopologyError } from '../topology/topology.ts';
import type { ExecuteOptions } from './executeOptions.ts';
import type { RunLog } from './runLog.ts';
import { persistently, within } from './timeLimits.ts';
import { writeGuards, type Part } from './transactions.ts';

export interface ReadTopology {
  readonly data: TopologyData;
  readonly diagnosed: DiagnosedTopology;
}

/** A change that etcd has committed. */
export interface Written {
  readonly change: RecordChange;
  readonly phase: WritePhase;
  readonly revision: string;
}

export type WritePhase = Extract<PlanStep, { kind: 'write' }>['phase'];

export class RunContext {
  readonly options: ExecuteOptions;
  readonly log: RunLog;
  readonly writer: TopologyWriter;
  /** The topology that the run compares with: as it was read under the locks, or before abandoned locks were released. */
  before: ReadTopology | undefined;
  /** What the run left in the topology, in the order of writing; what was taken back is not in it. */
  written: readonly Written[] = [];
  /** Records of a write whose outcome is not known. */
  unknown: readonly RecordId[] = [];
  /** Locked paths whose abandoned locks were released, and those whose locks the run took or tried to. */
  released: readonly string[] = [];
  locking: readonly string[] = [];
  /** Locked paths whose keys a commit found gone. */
  lostLocks: readonly string[] = [];
  /** What was gone on with although a primary did not confirm, and what did not confirm the allow; in sentences. */
  forced: readonly string[] = [];
  unconfirmed: readonly string[] = [];
  /** Up to which revision of the global cluster writes of others are known. */
  known = '0';

  constructor(options: ExecuteOptions, log: RunLog, writer: TopologyWriter) {
    this.options = options;
    this.log = log;
    this.writer = writer;
  }

  /** True when others may hold the run's locks: it must write no more. */
  get isLost(): boolean {
    return this.writer.lost.aborted || this.lostLocks.length > 0;
  }

  /** True once something was written that may open a side: from then on a run only goes forward. */
  get hasAllowed(): boolean {
    return this.written.some(({ phase }) => phase === 'allow');
  }

  /** Reads and diagnoses everything; rejects with a TopologyError when the global root cannot be read. */
  read(cancel?: AbortSignal): Promise<ReadTopology> {
    const { topology, limits } = this.options;
    const ms = limits.callMs;
    return this.persistently(cancel, async () => {
      const limit = { clock: this.options.clock, ms, what: 'Reading the topology', ...(cancel && { cancel }) };
      const data = await within(limit, (signal) => topology.read({ signal, timeoutMs: ms }));
      return { data, diagnosed: diagnose(decodeSnapshot(data)) };
    });
  }

  /** Compares later writes with this reading: a later write of another is a conflict. */
  compareWith({ data: { revision } }: ReadTopology): void {
    if (revision === undefined)
      throw new Error('The topology was read without a revision, so nothing can be compared.');
    this.known = revision;
  }

  /**
   * Commits changes; those of `undo` take back what this run wrote. Rejects when
   * they were not written, or when `unknown` says what may have been.
   */
  async commit({ changes, guards }: Part, phase: WritePhase | 'undo'): Promise<CommitResult> {
    const ownRevision = (record: RecordId): string | undefined => this.ownRevision(record);
    const transaction = {
      writes: changes.map(({ record, after, modRevision }) => ({
        record,
        value: after,
        modRevision: ownRevision(record) ?? modRevision,
      })),
      guards: writeGuards({ changes, guards }, { ownRevision, known: this.known }),
    };
    const limit = { clock: this.options.clock, ms: this.options.limits.callMs, what: 'Writing' } as const;
    try {
      const result = await this.persistently(this.writer.lost, () =>
        within({ ...limit, silence: 'unknown-outcome' }, (signal) => this.writer.commit(transaction, { signal })),
      );
      if (result.status === 'committed') this.wrote(changes, phase, result.revision);
      else this.lostLocks = result.lostLocks;
      return result;
    } catch (error) {
      if (!(error instanceof TopologyError) || error.code === 'unknown-outcome') {
        this.unknown = changes.map(({ record }) => record);
      }
      throw error;
    }
  }

  /** The revision that our own last write gave a record; undefined when the run has not written it. */
  ownRevision(record: RecordId): string | undefined {
    const name = recordName(record);
    const last = this.written.findLast(({ change }) => recordName(change.record) === name);
    return last?.change.after === undefined ? last && '0' : last.revision;
  }

  private wrote(changes: readonly RecordChange[], phase: WritePhase | 'undo', revision: string): void {
    const names = new Set(changes.map(({ record }) => recordName(record)));
    this.written =
      phase === 'undo'
        ? this.written.filter(({ change }) => !names.has(recordName(change.record)))
        : [...this.written, ...changes.map((change) => ({ change, phase, revision }))];
    const [first] = changes;
    const globalCluster = this.writer.clusterOf({ path: '' });
    if (first !== undefined && this.writer.clusterOf(first.record) === globalCluster) this.known = revision;
  }

  /** Makes a call again that fails for a reason that passes, until `end` is aborted. */
  persistently<T>(
    end: AbortSignal | undefined,
    work: () => Promise<T>,
    passing?: readonly TopologyFailureCode[],
  ): Promise<T> {
    const { clock, limits } = this.options;
    const mayGoOn = (): boolean => end?.aborted !== true;
    return persistently({ clock, callMs: limits.callMs, mayGoOn, ...(passing && { passing }) }, work);
  }
}
