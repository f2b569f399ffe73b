/** What a guarded switch needs of the world. */
import type { TopologyMoment } from '../diagnose/topologyMoment.ts';
import type { TopologyData } from '../model/topologyData.ts';
import type { SwitchAnswer, SwitchRecord, SwitchRequest } from './switchModel.ts';

export interface SwitchCallOptions {
  /** How long the answer is waited for, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** vtctld's WorkflowSwitchTraffic. Both reject with a TopologyError when there is no answer, or a refusal. */
export interface SwitchServer {
  /** Words for people: where it is. */
  readonly description: string;
  /** What it would do, line by line; changes nothing. */
  dryRun(request: SwitchRequest, options: SwitchCallOptions): Promise<readonly string[]>;
  /** Ending the call, by the signal or the timeout, cancels the operation in vtctld where it stands. */
  switchTraffic(
    request: SwitchRequest,
    options: SwitchCallOptions,
  ): Promise<Extract<SwitchAnswer, { readonly status: 'done' }>>;
}

/** Tells each change to a topology until it is stopped. Never rejects: a change that could not be seen is told as a note. */
export interface TopologyFollower {
  follow(from: TopologyData, onMoment: (moment: TopologyMoment) => void, signal: AbortSignal): Promise<void>;
}

/** Where guarded switches are recorded. One that cannot be recorded does not start. */
export interface SwitchHistory {
  newId(startedAt: number): string;
  /** Writes the record, atomically, replacing the one with the same id; rejects when it is not on disk. */
  save(record: SwitchRecord): Promise<void>;
  /** Writes the topology as it was before beside the record, and gives the folder. */
  saveSnapshot(id: string, data: TopologyData): Promise<string>;
}
