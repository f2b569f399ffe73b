/**
 * Several saved dumps seen as one topology, as far as they go. A record that no
 * dump gives is a failed reading that says which dump is missing: nothing is
 * judged by it, and it is never taken for a record that the topology lacks.
 */
import { cellRecord, globalRecord, recordName, type JsonPath, type Place, type RecordId } from '../model/record.ts';
import type { Reading } from '../model/reading.ts';
import type { WorkflowKnowledge } from '../model/workflow.ts';
import type { Keyspace, Shard, SrvKeyspace, Tablet } from './gen/topodata_pb.js';
import type {
  KeyspaceRoutingRules,
  Keyspace as VSchema,
  MirrorRules,
  RoutingRules,
  ShardRoutingRules,
  SrvVSchema,
} from './gen/vschema_pb.js';
import { givenRecords, type GivenRecord } from './givenRecords.ts';
import type { TextRange } from './jsonDocument.ts';
import { knownNames, type KnownNames } from './knownNames.ts';
import { missingRecordWords } from './missingRecord.ts';
import type { SetDocument } from './setDocument.ts';
import type { CellRecords, KeyspaceRecords, Snapshot, TabletRecord, UnreadableRecord } from './snapshot.ts';
import { parseCellPath } from './topoKey.ts';
import { workflowKnowledge } from './workflowDumps.ts';

/** A place in one document of a set. */
export interface DocumentPlace {
  readonly document: SetDocument;
  /** The path in the document's JSON. */
  readonly path: JsonPath;
  /** Where to point: on one line. */
  readonly range: TextRange;
}

/** Dumps that were made beside each other, and what they give together. */
export class DocumentSet {
  readonly documents: readonly SetDocument[];
  readonly snapshot: Snapshot;
  /** True when the dumps list every cell. */
  readonly allCells: boolean;
  /** Keyspaces whose shards the dumps list completely. */
  readonly shardsListed: ReadonlySet<string>;
  private readonly given: ReadonlyMap<string, GivenRecord>;

  /** `readAt` is in milliseconds since the epoch; dumps do not say when they were made. */
  constructor(documents: readonly SetDocument[], readAt: number) {
    this.documents = documents;
    this.given = givenRecords(documents);
    const workflows = workflowsOf(documents);
    const lists = documents.flatMap(({ recognized }) => recognized.lists);
    const names = knownNames([...this.given.values()], lists, workflows.workflows);
    this.allCells = names.allCells;
    this.shardsListed = names.shardsListed;
    this.snapshot = {
      source: 'saved dumps',
      readAt,
      notes: [],
      keyspaces: new Map(names.keyspaces.map((name) => [name, this.keyspace(name, names)])),
      cells: names.cells.map((cell) => this.cell(cell, names)),
      routingRules: this.read<RoutingRules>(globalRecord.routingRules),
      shardRoutingRules: this.read<ShardRoutingRules>(globalRecord.shardRoutingRules),
      keyspaceRoutingRules: this.read<KeyspaceRoutingRules>(globalRecord.keyspaceRoutingRules),
      mirrorRules: this.read<MirrorRules>(globalRecord.mirrorRules),
      locks: [],
      workflows,
      unreadable: this.unreadable(),
    };
  }

  /** The records that documents give differently: nothing is judged by them. */
  get differing(): GivenRecord[] {
    return [...this.given.values()].filter(({ differs }) => differs);
  }

  /** Why a record cannot be judged by: its dump is missing, or dumps differ; undefined when it was read or could not be decoded. */
  notGiven(record: RecordId): string | undefined {
    const given = this.given.get(recordName(record));
    if (given === undefined) return missingRecordWords(record);
    return given.differs && given.reading.status === 'failed' ? given.reading.reason : undefined;
  }

  /** Every place of the set that shows a place of a record; documents with the whole record first. */
  locate({ record, path }: Pick<Place, 'record' | 'path'>): DocumentPlace[] {
    return (this.given.get(recordName(record))?.sources ?? []).map(({ document, found }) => {
      const inDocument = found.opaque ? found.path : [...found.path, ...path];
      return { document, path: inDocument, range: document.json.anchorAt(inDocument) };
    });
  }

  /** The message type follows from the record's name, by which the record was recognized. */
  private read<Value>(record: RecordId): Reading<Value> {
    const given = this.given.get(recordName(record));
    return given === undefined
      ? { status: 'failed', reason: missingRecordWords(record) }
      : (given.reading as Reading<unknown> as Reading<Value>);
  }

  private keyspace(name: string, names: KnownNames): KeyspaceRecords {
    return {
      name,
      keyspace: this.read<Keyspace>(globalRecord.keyspace(name)),
      vschema: this.read<VSchema>(globalRecord.vschema(name)),
      shards: (names.shards.get(name) ?? []).map((shard) => {
        const record = globalRecord.shard(name, shard);
        return { name: shard, record, shard: this.read<Shard>(record) };
      }),
    };
  }

  private cell(name: string, names: KnownNames): CellRecords {
    return {
      name,
      srvVSchema: this.read<SrvVSchema>(cellRecord.srvVSchema(name)),
      srvKeyspaces: new Map(
        this.srvKeyspaceNames(name, names).map((keyspace) => [
          keyspace,
          this.read<SrvKeyspace>(cellRecord.srvKeyspace(name, keyspace)),
        ]),
      ),
      tablets: this.tablets(name),
    };
  }

  /** Those of every keyspace, and those of keyspaces that the topology no longer has. */
  private srvKeyspaceNames(cell: string, names: KnownNames): string[] {
    const given = [...this.given.values()].flatMap(({ record }) => {
      const key = record.cell === cell ? parseCellPath(record.path) : undefined;
      return key?.kind === 'SrvKeyspace' ? [key.keyspace] : [];
    });
    return [...new Set([...names.keyspaces, ...given])].sort();
  }

  private tablets(cell: string): TabletRecord[] {
    return [...this.given.values()].flatMap(({ record }) => {
      const key = record.cell === cell ? parseCellPath(record.path) : undefined;
      return key?.kind === 'Tablet' ? [{ alias: key.alias, record, tablet: this.read<Tablet>(record) }] : [];
    });
  }

  private unreadable(): UnreadableRecord[] {
    return [...this.given.values()].flatMap(({ record, reading, differs }) =>
      reading.status === 'failed' && !differs ? [{ record, reason: reading.reason }] : [],
    );
  }
}

/**
 * What the dumps say of workflows. A list of names is complete only where each
 * workflow's keyspaces are known: one of the others could be any move's.
 */
function workflowsOf(documents: readonly SetDocument[]): WorkflowKnowledge {
  const knowledge = workflowKnowledge(documents.map(({ recognized }) => recognized));
  const vague = new Set(
    knowledge.workflows.filter(({ source }) => source === undefined).map(({ keyspace }) => keyspace),
  );
  return { ...knowledge, completeFor: new Set([...knowledge.completeFor].filter((name) => !vague.has(name))) };
}
