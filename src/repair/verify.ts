/** What a repair leaves: judged by diagnosing the records as they will be. */
import { diagnose, type DiagnosedTopology } from '../diagnose/diagnose.ts';
import type { Finding } from '../model/finding.ts';
import type { RecordId } from '../model/record.ts';
import { recordName } from '../model/record.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { decodeSnapshot } from '../records/decodeSnapshot.ts';

export interface Outcome {
  readonly removed: readonly Finding[];
  /** Errors and warnings that are not there before. */
  readonly added: readonly Finding[];
}

/** Compares the findings of a topology with those of the same topology after a repair. */
export function outcomeOf(before: DiagnosedTopology, after: TopologyData, released: readonly RecordId[]): Outcome {
  const gone = new Set(released.map(recordName));
  const global = after.global.filter(({ path }) => !gone.has(path));
  const { findings } = diagnose(decodeSnapshot({ ...after, global }));
  const earlier = new Set(before.findings.flatMap(factsOf));
  const later = new Set(findings.flatMap(factsOf));
  return {
    removed: before.findings.filter((finding) => !factsOf(finding).some((fact) => later.has(fact))),
    added: findings.filter(
      (finding) =>
        finding.severity !== 'info' && !isOfLock(finding) && factsOf(finding).some((fact) => !earlier.has(fact)),
    ),
  };
}

/** True for a finding about a lock: what it is judged by are other locks too, so that it changes when one of those goes. */
export function isOfLock({ code }: Pick<Finding, 'code'>): boolean {
  return code === 'abandoned-lock' || code === 'held-lock';
}

/** What a finding says, one key for each table: findings are grouped, and a repair may change the groups. */
export function factsOf({ code, keyspace, shard, cell, tables, places: [{ record, path }] }: Finding): string[] {
  const inShard = code === 'both-sides-denied' ? undefined : shard;
  if (tables.length > 0 && code !== 'duplicate-control' && code !== 'legacy-control') {
    return tables.map((table) => JSON.stringify([code, keyspace, inShard, cell, table]));
  }
  const field = code === 'stale-srv-vschema' ? path[0] : undefined;
  return [JSON.stringify([code, keyspace, shard, cell, recordName(record), field])];
}
