/** Cuts a step's changes into transactions that etcd takes. */
import { groupBy } from '../model/groupBy.ts';
import { planChanges, type Plan, type PlanGuard, type RecordChange } from '../model/plan.ts';
import { recordName, type RecordId } from '../model/record.ts';
import { parseGlobalPath } from '../records/topoKey.ts';
import type { TopologyWriter, WriteGuard } from '../topology/topologyWriter.ts';

/** What a transaction is cut by. */
export interface Cutting {
  readonly writer: Pick<TopologyWriter, 'limits' | 'clusterOf'>;
  readonly guards: readonly PlanGuard[];
}

/** Changes of one cluster that happen together, with the guards that are checked with them. */
export interface Part {
  readonly changes: readonly RecordChange[];
  readonly guards: readonly PlanGuard[];
}

/**
 * What each transaction of a plan compares: its guards, and the records that
 * it writes at all, so that an early step writes nothing once a later one
 * cannot. Shard records are under the guards of their keyspaces.
 */
export function guardsOf(plan: Plan): PlanGuard[] {
  const guards = new Map(plan.guards.map((guard) => [guardName(guard), guard]));
  for (const { record, modRevision } of planChanges(plan)) {
    const guard: PlanGuard = { kind: 'record', record, modRevision };
    const isShard = record.cell === undefined && parseGlobalPath(record.path).kind === 'Shard';
    if (!isShard && !guards.has(guardName(guard))) guards.set(guardName(guard), guard);
  }
  return [...guards.values()];
}

function guardName(guard: PlanGuard): string {
  return guard.kind === 'shards' ? shardsPrefix(guard.keyspace) : recordName(guard.record);
}

/** What a key costs in a request besides the record's path and bytes: its root, and the fields around it. */
const keyBytes = 128;

/**
 * The parts of a step in the order in which they are written: the global
 * root's cluster first, in each cluster the order of the changes. Throws an
 * Error in words when a record or the guards alone are over etcd's limits.
 */
export function cutIntoParts(changes: readonly RecordChange[], { writer, guards }: Cutting): Part[] {
  const globalCluster = writer.clusterOf({ path: '' });
  const clusters = [...groupBy(changes, ({ record }) => writer.clusterOf(record))];
  const ordered = [
    ...clusters.filter(([cluster]) => cluster === globalCluster),
    ...clusters.filter(([cluster]) => cluster !== globalCluster),
  ];
  return ordered.flatMap(([cluster, all]) => {
    const kept = guards.filter(
      (guard) => cluster === globalCluster || (guard.kind === 'record' && writer.clusterOf(guard.record) === cluster),
    );
    return cut(all, kept, writer.limits);
  });
}

function cut(changes: readonly RecordChange[], guards: readonly PlanGuard[], limits: TopologyWriter['limits']): Part[] {
  const guardBytes = guards.reduce((sum, guard) => sum + guardSize(guard), 0);
  const parts: RecordChange[][] = [];
  let bytes = Infinity;
  for (const change of changes) {
    const size = changeSize(change);
    if (guards.length + 1 > limits.operations || guardBytes + size > limits.bytes) throw tooLarge(change, size, guards);
    const part = parts.at(-1);
    if (part === undefined || part.length + guards.length + 1 > limits.operations || bytes + size > limits.bytes) {
      parts.push([change]);
      bytes = guardBytes + size;
    } else {
      part.push(change);
      bytes += size;
    }
  }
  return parts.map((part) => ({ changes: part, guards }));
}

/** The name stands in the compare, in the write, and in the read of a compare that fails. */
function changeSize({ record, after }: RecordChange): number {
  return 3 * (record.path.length + keyBytes) + (after?.length ?? 0);
}

function guardSize(guard: PlanGuard): number {
  return 4 * (guard.kind === 'record' ? guard.record.path.length + keyBytes : guard.keyspace.length + keyBytes);
}

function tooLarge({ record }: RecordChange, size: number, guards: readonly PlanGuard[]): Error {
  return new Error(
    `Writing ${recordName(record)} needs about ${size} bytes and compares ${guards.length + 1} records and prefixes, ` +
      'which is more than etcd takes in one transaction. Repair a smaller scope.',
  );
}

/** What the plan's guards compare with now. */
export interface GuardRevisions {
  /** The revision of our own last write of a record; undefined when this run has not written it. */
  readonly ownRevision: (record: RecordId) => string | undefined;
  /** The global cluster's revision up to which writes under a keyspace's shards are known. */
  readonly known: string;
}

/** A part's guards for the writer; a record that the part writes is compared by its write. */
export function writeGuards({ changes, guards }: Part, { ownRevision, known }: GuardRevisions): WriteGuard[] {
  const written = new Set(changes.map(({ record }) => recordName(record)));
  return guards.flatMap((guard): WriteGuard[] => {
    if (guard.kind === 'shards') return [{ kind: 'prefix', prefix: shardsPrefix(guard.keyspace), notAfter: known }];
    if (written.has(recordName(guard.record))) return [];
    return [{ ...guard, modRevision: ownRevision(guard.record) ?? guard.modRevision }];
  });
}

/** Where a keyspace's Shard records are, and the locks of its shards. */
export function shardsPrefix(keyspace: string): string {
  return `keyspaces/${keyspace}/shards/`;
}
