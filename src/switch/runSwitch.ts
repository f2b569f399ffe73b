/**
 * Carries out a guarded SwitchTraffic or ReverseTraffic: looks once more,
 * saves the topology as it is, has vtctld do it, follows it to its true end
 * whatever became of the answer, and judges by the records that it left.
 */
import { diagnose, type DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { sentence } from '../model/words.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';
import type { Clock, RunRecord } from '../repair/ports.ts';
import { precheck } from '../repair/precheck.ts';
import type { PrecheckSubject } from '../repair/precheck/precheckModel.ts';
import { operationName } from '../repair/precheck/precheckSubject.ts';
import { persistently } from '../repair/timeLimits.ts';
import { TopologyError, type Topology } from '../topology/topology.ts';
import { followToEnd, type FollowedEnd } from './followToEnd.ts';
import { judgeSwitch } from './judgeSwitch.ts';
import { lockNames } from './operationLocks.ts';
import type { SwitchHistory, SwitchServer, TopologyFollower } from './ports.ts';
import type { SwitchAnswer, SwitchRecord, SwitchRequest } from './switchModel.ts';

/** Time limits in milliseconds. */
export interface SwitchLimits {
  /** One read of the topology. */
  readonly readMs: number;
  /** How long vtctld's answer is waited for. vtctldclient's own default, far above what an operation needs, because giving up cancels it. */
  readonly answerMs: number;
  /** How long an operation is followed whose answer was lost. */
  readonly followMs: number;
}

export const defaultSwitchLimits: SwitchLimits = {
  readMs: 30_000,
  answerMs: 60 * 60_000,
  followMs: 15 * 60_000,
};

export interface SwitchOptions {
  readonly request: SwitchRequest;
  readonly topology: Topology;
  readonly server: SwitchServer;
  readonly follower: TopologyFollower;
  readonly history: SwitchHistory;
  readonly clock: Clock;
  readonly who: RunRecord['who'];
  readonly connection?: string;
  readonly limits: SwitchLimits;
  /** Cancels until vtctld is called; nothing ends the call, which would cancel the operation halfway. */
  readonly signal: AbortSignal;
  readonly onProgress: (record: SwitchRecord, words?: string) => void;
}

/** Gives the final record. Rejects with a TopologyError when it was cancelled, or could not be recorded, before vtctld was called. */
export async function runSwitch(options: SwitchOptions): Promise<SwitchRecord> {
  return new SwitchRun(options).run();
}

/** What is known when vtctld is called. */
interface Start {
  readonly data: TopologyData;
  readonly topology: DiagnosedTopology;
  readonly subject: PrecheckSubject;
}

class SwitchRun {
  private readonly options: SwitchOptions;
  private record: SwitchRecord;

  constructor(options: SwitchOptions) {
    const { request, topology, server, history, clock, who, connection } = options;
    const startedAt = clock.now();
    this.options = options;
    this.record = {
      version: 1,
      id: history.newId(startedAt),
      stage: 'reading',
      startedAt,
      who,
      topology: topology.description,
      vtctld: server.description,
      ...(connection === undefined ? {} : { connection }),
      request,
      events: [],
      findings: [],
    };
  }

  async run(): Promise<SwitchRecord> {
    await this.save({});
    const start = await this.start();
    if (typeof start === 'string') return this.end({ verdict: 'refused', message: start });
    this.checkCancelled();
    await this.save({ stage: 'saving' });
    const snapshot = await this.options.history.saveSnapshot(this.record.id, start.data);
    this.checkCancelled();
    await this.save({ stage: 'switching', snapshot });
    const ended = new AbortController();
    const following = this.options.follower.follow(start.data, (moment) => this.note(moment.events), ended.signal);
    try {
      const answer = await this.call();
      await this.save({ stage: answer.status === 'lost' ? 'following' : 'verifying', answer });
      const end: FollowedEnd = answer.status === 'lost' ? await this.follow(start) : { status: 'ended' };
      await this.save({ stage: 'verifying' });
      return await this.verify(start, answer, end);
    } finally {
      ended.abort();
      await following;
    }
  }

  /** The topology as it is now, or why the operation must not be started. */
  private async start(): Promise<Start | string> {
    const { request, signal } = this.options;
    const data = await this.read(signal);
    const topology = diagnose(decodeSnapshot(data));
    const { reasons, subject } = precheck(request, { diagnosed: topology }, new Map());
    if (subject !== undefined && reasons.length === 0) return { data, topology, subject };
    const why = reasons.map(({ message }) => sentence(message)).join(' ');
    return `${operationName(request.operation)} was not started: ${why || 'the move is gone.'}`;
  }

  private async call(): Promise<SwitchAnswer> {
    const { request, server, limits } = this.options;
    try {
      return await server.switchTraffic(request, { timeoutMs: limits.answerMs });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { status: isLost(error) ? 'lost' : 'failed', reason };
    }
  }

  private follow({ subject, topology }: Start): Promise<FollowedEnd> {
    const { request, clock, limits } = this.options;
    return followToEnd({
      request,
      subject,
      locksBefore: lockNames(topology.snapshot),
      read: () => this.read(),
      clock,
      limitMs: limits.followMs,
      onWait: (words) => this.tell(words),
    });
  }

  private async verify(start: Start, answer: SwitchAnswer, end: FollowedEnd): Promise<SwitchRecord> {
    const { request, clock, limits } = this.options;
    let after: DiagnosedTopology;
    try {
      const data = await persistently({ clock, callMs: limits.readMs, mayGoOn: () => true }, () => this.read());
      after = diagnose(decodeSnapshot(data));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const said = answer.status === 'done' ? answer.summary : answer.reason;
      const message = `What it left could not be read: ${sentence(why)} vtctld said: ${sentence(said)} Next: diagnose as soon as the topology can be read.`;
      return this.end({ verdict: 'not-checked', message });
    }
    return this.end(judgeSwitch({ request, answer, end, before: start.topology, after }));
  }

  private read(signal?: AbortSignal): Promise<TopologyData> {
    const { topology, limits } = this.options;
    return topology.read({ timeoutMs: limits.readMs, ...(signal === undefined ? {} : { signal }) });
  }

  private note(events: SwitchRecord['events']): void {
    this.record = { ...this.record, events: [...this.record.events, ...events] };
    const [last] = events.slice(-1);
    this.tell(last?.text);
  }

  private tell(words?: string): void {
    this.options.onProgress(this.record, words);
  }

  private async save(change: Partial<SwitchRecord>): Promise<void> {
    this.record = { ...this.record, ...change };
    this.tell();
    await this.options.history.save(this.record);
  }

  private async end(result: Pick<SwitchRecord, 'verdict' | 'message'> & Partial<SwitchRecord>): Promise<SwitchRecord> {
    const over = { ...result, stage: 'over', endedAt: this.options.clock.now() } as const;
    try {
      await this.save(over);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `${result.message ?? ''} This could not be recorded: ${sentence(why)}`;
      this.record = { ...this.record, ...over, message };
    }
    return this.record;
  }

  private checkCancelled(): void {
    if (!this.options.signal.aborted) return;
    throw new TopologyError({
      code: 'cancelled',
      message: 'Cancelled before vtctld was called; nothing was switched.',
    });
  }
}

/** Whether vtctld may be at work all the same; an error of another kind says nothing of it. */
function isLost(error: unknown): boolean {
  return !(error instanceof TopologyError) || error.code === 'unknown-outcome';
}
