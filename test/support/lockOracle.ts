/** The oracle's part about locks: what is known of leases and of the minutes that a switch can last. */
import type { TopologyData, TopologyRecord } from '../../src/model/topologyData.ts';
import type { MoveSpec } from './topologySpec.ts';

const minutes = 60;
const longestSwitch = 15 * minutes;

export function lockFacts(data: TopologyData, moves: readonly MoveSpec[]): string[] {
  const locks = data.global.filter(({ path }) => /\/locks\/\d+$/.test(path));
  return locks.map((lock) => `${isAbandoned(lock, { locks, data, moves }) ? 'abandoned' : 'held'}-lock ${lock.path}`);
}

interface Surroundings {
  readonly locks: readonly TopologyRecord[];
  readonly data: TopologyData;
  readonly moves: readonly MoveSpec[];
}

function isAbandoned(lock: TopologyRecord, { locks, data, moves }: Surroundings): boolean {
  const { lease } = lock;
  if (lease?.kind === 'none') return true;
  if (lease?.kind !== 'held') return false;
  if (lease.grantedTtlSeconds <= 120) return missedItsRenewal(lock);
  const { HostName: host, Time: time } = contents(lock);
  const sinceTaken = (data.readAt - Date.parse(time)) / 1000;
  const sinceRenewed = lease.grantedTtlSeconds - lease.ttlSeconds;
  if (Math.min(sinceTaken, sinceRenewed) <= longestSwitch) return false;
  const needed = keyspacesOfOperation(lock, moves);
  return !locks.some((other) => {
    const keyspace = /^keyspaces\/([^/]+)\/locks\//.exec(other.path)?.[1];
    const alive = other.lease?.kind === 'unknown' || (other.lease?.kind === 'held' && !missedItsRenewal(other));
    return (
      other !== lock &&
      keyspace !== undefined &&
      needed.includes(keyspace) &&
      alive &&
      contents(other).HostName === host
    );
  });
}

/** A client renews every third of the lease, and a few seconds late at most. */
function missedItsRenewal({ lease }: TopologyRecord): boolean {
  if (lease?.kind !== 'held' || lease.grantedTtlSeconds > 10 * minutes) return false;
  return lease.grantedTtlSeconds - lease.ttlSeconds > lease.grantedTtlSeconds / 3 + 5;
}

/** A switch needs the locks of both sides of its move. */
function keyspacesOfOperation({ path }: TopologyRecord, moves: readonly MoveSpec[]): string[] {
  const keyspace = /^(?:keyspaces|internal\/named_locks)\/([^/]+)\//.exec(path)?.[1];
  const touching = moves.filter(({ source, target }) => source === keyspace || target === keyspace);
  return keyspace === undefined ? [] : [keyspace, ...touching.flatMap(({ source, target }) => [source, target])];
}

function contents({ value }: TopologyRecord): { HostName: string; Time: string } {
  return JSON.parse(new TextDecoder().decode(value)) as { HostName: string; Time: string };
}
