import { create, isMessage, type DescMessage, type Message, type MessageShape } from '@bufbuild/protobuf';
import { recordName, type RecordId } from '../model/record.ts';
import type { Reading } from '../model/reading.ts';
import { listWords } from '../model/words.ts';
import { sameMessage } from './decode.ts';
import { ShardSchema, type Shard } from './gen/topodata_pb.js';
import type { RecordInDocument } from './recognizedDocument.ts';
import { recordSchemas } from './recordTypes.ts';
import type { SetDocument } from './setDocument.ts';
import type { RecordKind } from './topoKey.ts';

/** A record in one of the documents that give it. */
export interface RecordSource {
  readonly document: SetDocument;
  readonly found: RecordInDocument;
}

/** A record that at least one document gives. */
export interface GivenRecord {
  readonly record: RecordId;
  readonly kind: RecordKind;
  /** Documents that hold the whole record first. */
  readonly sources: readonly [RecordSource, ...RecordSource[]];
  /** Failed when it could not be read, or when the documents differ. */
  readonly reading: Reading<MessageShape<DescMessage>>;
  readonly differs: boolean;
}

/** Every record that the documents give, by its name. */
export function givenRecords(documents: readonly SetDocument[]): Map<string, GivenRecord> {
  const sources = new Map<string, [RecordSource, ...RecordSource[]]>();
  for (const document of documents) {
    for (const found of document.recognized.records) {
      const name = recordName(found.record);
      const known = sources.get(name);
      if (known === undefined) sources.set(name, [{ document, found }]);
      else known.push({ document, found });
    }
  }
  return new Map([...sources].map(([name, list]) => [name, givenRecord(list)]));
}

function givenRecord(sources: readonly [RecordSource, ...RecordSource[]]): GivenRecord {
  const ordered = [...sources].sort(byCloseness);
  const [first = sources[0], ...others] = ordered;
  const { record, kind, reading } = first.found;
  const differs = others.some(({ found }) => !saysTheSame(first.found, found));
  const names = [...new Set(ordered.map(({ document }) => document.name))];
  const reason =
    names.length > 1
      ? `${listWords(names)} give ${recordName(record)} differently, so they are not of one moment`
      : `${names.join('')} gives ${recordName(record)} twice, differently`;
  return {
    record,
    kind,
    sources: [first, ...others],
    reading: differs ? { status: 'failed', reason } : reading,
    differs,
  };
}

/** Documents that hold the whole record, and little else, first: they are where a reader is led to. */
function byCloseness(a: RecordSource, b: RecordSource): number {
  const others = ({ document }: RecordSource): number => document.recognized.records.length;
  return (
    Number(a.found.partial) - Number(b.found.partial) ||
    others(a) - others(b) ||
    a.found.path.length - b.found.path.length
  );
}

function saysTheSame(a: RecordInDocument, b: RecordInDocument): boolean {
  if (a.reading.status !== 'loaded' || b.reading.status !== 'loaded') {
    return a.reading.status === b.reading.status;
  }
  const schema = recordSchemas[a.kind];
  if (!a.partial && !b.partial) return sameMessage<DescMessage>(schema, a.reading.value, b.reading.value);
  return sameMessage(ShardSchema, sharedFields(a.reading.value), sharedFields(b.reading.value));
}

/** The fields that a dump with only a part of a Shard holds. */
function sharedFields(message: Message): Shard {
  const shard = isMessage(message, ShardSchema) ? message : undefined;
  return create(ShardSchema, {
    tabletControls: shard?.tabletControls ?? [],
    isPrimaryServing: shard?.isPrimaryServing ?? false,
  });
}
