import { diagnose, type DiagnosedTopology } from '../../src/diagnose/diagnose.ts';
import type { Finding, FindingCode } from '../../src/model/finding.ts';
import { recordName } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';

/** Decodes and diagnoses a topology. */
export function diagnosed(data: TopologyData): DiagnosedTopology {
  return diagnose(decodeSnapshot(data));
}

/** A finding in one line: code, keyspace/shard, @cell, tables. */
export function findingLine({ code, keyspace, shard, cell, tables }: Finding): string {
  const place = [keyspace, shard].filter((part) => part !== undefined).join('/');
  const parts = [code, place, cell === undefined ? '' : `@${cell}`, tables.join(',')];
  return parts.filter((part) => part !== '').join(' ');
}

/** All findings in one line each, sorted. */
export function findingLines(data: TopologyData): string[] {
  return diagnosed(data).findings.map(findingLine).sort();
}

/** The findings of one code. */
export function findingsOf(data: TopologyData, code: FindingCode): Finding[] {
  return diagnosed(data).findings.filter((finding) => finding.code === code);
}

/** The only finding of a code; throws when there is another number. */
export function onlyFinding(data: TopologyData, code: FindingCode): Finding {
  const findings = findingsOf(data, code);
  const [first] = findings;
  if (first === undefined || findings.length > 1) throw new Error(`${findings.length} findings of ${code}`);
  return first;
}

/** The places of a finding: record name and JSON path. */
export function placeLines({ places }: Finding): string[] {
  return places.map(({ record, path }) => `${recordName(record)} ${path.join('.')}`.trimEnd());
}
