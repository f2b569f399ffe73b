import type { Finding } from '../../model/finding.ts';
import { globalRecord, recordName, type RecordId } from '../../model/record.ts';
import { lockTarget } from '../../model/lock.ts';
import { parseCellPath, parseGlobalPath } from '../../records/topoKey.ts';
import type { DiagnosisInput } from '../rule.ts';

/** A record that does not decode, or a cell that cannot be reached: everything that depends on it is not checked. */
export function recordUnreadable({ snapshot }: DiagnosisInput): Finding[] {
  const failedCells = snapshot.cells.filter(({ failure }) => failure !== undefined);
  const cellInfos = new Set(failedCells.map(({ name }) => globalRecord.cellInfo(name).path));
  const cells = failedCells.map(({ name, failure }) =>
    finding(
      globalRecord.cellInfo(name),
      { cell: name },
      `The cell ${name} could not be read: ${failure?.message ?? ''} What its vtgates do is not checked.`,
    ),
  );
  const records = snapshot.unreadable
    .filter(({ record }) => record.cell !== undefined || !cellInfos.has(record.path))
    .map(({ record, reason }) =>
      finding(
        record,
        fieldsOf(record),
        `${recordName(record)} could not be read: ${reason}. Everything that depends on it is not checked. ` +
          `Next: compare it with a backup or with \`vtctldclient GetTopologyPath\`; do not overwrite it before its bytes are saved.`,
      ),
    );
  return [...cells, ...records];
}

function fieldsOf(record: RecordId): { keyspace?: string; shard?: string; cell?: string } {
  const key = record.cell === undefined ? parseGlobalPath(record.path) : parseCellPath(record.path);
  const cell = record.cell === undefined ? {} : { cell: record.cell };
  if (key.kind === 'CellInfo') return { cell: key.cell };
  if (key.kind === 'Lock') {
    const target = lockTarget(key.lockedPath);
    return target.kind === 'other' ? {} : { keyspace: target.keyspace };
  }
  const keyspace = 'keyspace' in key ? { keyspace: key.keyspace } : {};
  return { ...cell, ...keyspace, ...('shard' in key ? { shard: key.shard } : {}) };
}

function finding(
  record: RecordId,
  fields: { keyspace?: string; shard?: string; cell?: string },
  message: string,
): Finding {
  return {
    code: 'record-unreadable',
    severity: 'error',
    ...fields,
    tables: [],
    places: [{ record, path: [] }],
    related: [],
    message,
    fixable: false,
  };
}
