import { cellRecord } from '../model/record.ts';
import type { CellData } from '../model/topologyData.ts';
import { cellKeyOf, readRecord, type RecordFormat, type RecordsByPath } from './recordReader.ts';
import { recordSchemas } from './recordTypes.ts';
import type { CellRecords, TabletRecord, UnreadableRecord } from './snapshot.ts';
import { decodeSrvVSchema } from './srvVSchema.ts';
import { isMisplacedRecord, misplaced } from './topoKey.ts';
import { tabletProblem } from './validate.ts';

interface ReadCell {
  readonly cell: CellRecords;
  readonly unreadable: readonly UnreadableRecord[];
}

const known = new WeakMap<CellData, ReadCell>();

/** The records of a cell; failures are noted in `unreadable`. The global records only spare work: a SrvVSchema is mostly a copy of them. */
export function readCell(data: CellData, global: RecordsByPath, unreadable: UnreadableRecord[]): CellRecords {
  let read = known.get(data);
  if (read === undefined) {
    const own: UnreadableRecord[] = [];
    read = { cell: decodeCell(data, global, own), unreadable: own };
    known.set(data, read);
  }
  unreadable.push(...read.unreadable);
  return read.cell;
}

function decodeCell(data: CellData, global: RecordsByPath, unreadable: UnreadableRecord[]): CellRecords {
  if (data.status === 'failed') {
    const failed = { status: 'failed', reason: data.failure.message } as const;
    return { name: data.cell, failure: data.failure, srvVSchema: failed, srvKeyspaces: new Map(), tablets: [] };
  }
  const records: RecordsByPath = new Map(data.records.map((record) => [record.path, record]));
  const srvKeyspaces: [string, CellRecords['srvKeyspaces'] extends ReadonlyMap<string, infer R> ? R : never][] = [];
  const tablets: TabletRecord[] = [];
  for (const stored of data.records) {
    const { path } = stored;
    const key = cellKeyOf(stored);
    if (key.kind === 'SrvKeyspace') {
      const record = cellRecord.srvKeyspace(data.cell, key.keyspace);
      const format = { schema: recordSchemas.SrvKeyspace };
      srvKeyspaces.push([key.keyspace, readRecord(records, record, format, unreadable)]);
    } else if (key.kind === 'Tablet') {
      const record = cellRecord.tablet(data.cell, key.alias);
      const format: RecordFormat<typeof recordSchemas.Tablet> = {
        schema: recordSchemas.Tablet,
        problem: (tablet) => tabletProblem(key.alias, tablet),
      };
      tablets.push({ alias: key.alias, record, tablet: readRecord(records, record, format, unreadable) });
    } else if (key.kind === 'ShardReplication') {
      readRecord(records, { cell: data.cell, path }, { schema: recordSchemas.ShardReplication }, unreadable);
    } else if (isMisplacedRecord('cell', path)) {
      unreadable.push({ record: { cell: data.cell, path }, reason: misplaced });
    }
  }
  const srvVSchema: RecordFormat<typeof recordSchemas.SrvVSchema> = {
    schema: recordSchemas.SrvVSchema,
    decode: (bytes) => decodeSrvVSchema(bytes, global),
  };
  return {
    name: data.cell,
    address: data.address,
    root: data.root,
    srvVSchema: readRecord(records, cellRecord.srvVSchema(data.cell), srvVSchema, unreadable),
    srvKeyspaces: new Map(srvKeyspaces.sort(([a], [b]) => (a < b ? -1 : 1))),
    tablets: tablets.sort((a, b) => (a.alias < b.alias ? -1 : 1)),
  };
}
