/**
 * Follows an operation of vtctld whose answer was lost to its true end. Ending
 * the call cancels it in vtctld, which then rolls back under its locks: nothing
 * can be said of the records before those are gone.
 */
import { diagnose } from '../diagnose/diagnose.ts';
import { lockHolder, type Lock } from '../model/lock.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { durationWords, listWords } from '../model/words.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';
import type { Clock } from '../repair/ports.ts';
import type { PrecheckSubject } from '../repair/precheck/precheckModel.ts';
import { findSubject } from '../repair/precheck/precheckSubject.ts';
import { writtenSince } from '../repair/signsOfLife.ts';
import { operationLocks } from './operationLocks.ts';
import type { SwitchRequest } from './switchModel.ts';

export interface FollowOptions {
  readonly request: SwitchRequest;
  /** The move as it was before, for when the records no longer show it. */
  readonly subject: PrecheckSubject;
  /** Names of lock keys that were there before the call. */
  readonly locksBefore: ReadonlySet<string>;
  readonly read: () => Promise<TopologyData>;
  readonly clock: Clock;
  /** How long it is followed, in milliseconds. */
  readonly limitMs: number;
  readonly onWait: (words: string) => void;
}

/** How the operation was last seen. */
export type FollowedEnd =
  /** Its locks are gone. */
  | { readonly status: 'ended' }
  /** Only its named lock is left, and nothing was written for long: its holder died, or cannot be seen at work. */
  | { readonly status: 'silent'; readonly words: string }
  /** It still holds locks. */
  | { readonly status: 'running'; readonly words: string }
  /** The topology could not be read when the time was over. */
  | { readonly status: 'unreadable'; readonly words: string };

const pauseMs = 1000;
/** Vitess before v21 has no named lock: between the reads and the writes of one switch it holds none at all while it asks the tablets. */
const clearMs = 15_000;
/** Longer than vtctld waits for a lock (topo.LockTimeout, 45 s), which is the longest that it writes nothing under its named lock alone. */
const quietMs = 60_000;

/** Waits until nothing of the operation is left, or the limit is over. Never rejects. */
export async function followToEnd(options: FollowOptions): Promise<FollowedEnd> {
  const { clock, limitMs, onWait } = options;
  const end = clock.now() + limitMs;
  const watch = new Watch(options);
  for (;;) {
    const began = clock.now();
    const state = await look(options, watch);
    if (state.status === 'ended' || state.status === 'silent') return state;
    onWait(waitWords(state));
    if (clock.now() + pauseMs >= end) return state.status === 'clear' ? { status: 'ended' } : state;
    // A large topology must not be read without a pause.
    await clock.wait(Math.max(pauseMs, clock.now() - began), never);
  }
}

type Look = FollowedEnd | { readonly status: 'clear' };

/** What is seen now, with how long it has been so. */
class Watch {
  private readonly clock: Clock;
  private readonly keyspaces: ReadonlySet<string>;
  private revision: string | undefined;
  private writtenAt: number;
  private clearSince: number | undefined;

  constructor({ clock, subject }: FollowOptions) {
    this.clock = clock;
    this.keyspaces = new Set([subject.from, subject.to]);
    this.writtenAt = clock.now();
  }

  /** Milliseconds since a record of the operation's keyspaces was seen to be written; 0 where the source has no revisions. */
  quiet(data: TopologyData): number {
    const now = this.clock.now();
    const { revision } = this;
    if (revision === undefined || writtenSince(data, this.keyspaces, revision).length > 0) this.writtenAt = now;
    this.revision = data.revision;
    return now - this.writtenAt;
  }

  /** Milliseconds since nothing was locked. */
  clear(isClear: boolean): number {
    const now = this.clock.now();
    this.clearSince = isClear ? (this.clearSince ?? now) : undefined;
    return now - (this.clearSince ?? now);
  }
}

async function look({ read, request, subject, locksBefore }: FollowOptions, watch: Watch): Promise<Look> {
  let data: TopologyData;
  try {
    data = await read();
  } catch (error) {
    watch.clear(false);
    return { status: 'unreadable', words: error instanceof Error ? error.message : String(error) };
  }
  const topology = diagnose(decodeSnapshot(data));
  const now = findSubject(request, topology).subject ?? subject;
  const { keyspaces, named } = operationLocks(now, topology.snapshot, locksBefore);
  const quiet = watch.quiet(data);
  const isClear = keyspaces.length === 0 && named.length === 0;
  const clear = watch.clear(isClear);
  if (isClear) return { status: clear >= clearMs ? 'ended' : 'clear' };
  const words = holdersWords([...named, ...keyspaces]);
  return keyspaces.length === 0 && quiet >= quietMs
    ? { status: 'silent', words: `${words}; nothing was written for ${durationWords(quiet / 1000)}` }
    : { status: 'running', words };
}

function waitWords(state: Look): string {
  switch (state.status) {
    case 'running':
      return `vtctld is still at work: ${state.words}`;
    case 'unreadable':
      return `whether vtctld is still at work cannot be seen: ${state.words}`;
    default:
      return 'nothing is locked; waiting whether vtctld goes on';
  }
}

const never = new AbortController().signal;

function holdersWords(locks: readonly Lock[]): string {
  return listWords(locks.map(({ lockedPath, contents }) => `${lockedPath} is locked by ${lockHolder(contents)}`));
}
