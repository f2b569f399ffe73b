import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { Decoded, Reading } from '../model/reading.ts';
import type { RecordId } from '../model/record.ts';
import type { TopologyRecord } from '../model/topologyData.ts';
import { decode } from './decode.ts';
import { remember } from '../model/remember.ts';
import type { UnreadableRecord } from './snapshot.ts';
import { parseCellPath, parseGlobalPath } from './topoKey.ts';

/** The records of one root. */
export type RecordsByPath = ReadonlyMap<string, TopologyRecord>;

/** What a global record's path says; every snapshot asks it of the same records again. */
export const globalKeyOf = remember(({ path }: TopologyRecord) => parseGlobalPath(path));
/** What the path of a cell's record says. */
export const cellKeyOf = remember(({ path }: TopologyRecord) => parseCellPath(path));

/** How records of one kind are read. */
export interface RecordFormat<Desc extends DescMessage> {
  readonly schema: Desc;
  /** Why a record that decodes is none after all; undefined when it is one. What it tells follows from the record and its path. */
  readonly problem?: (value: MessageShape<Desc>) => string | undefined;
  /** Another way to decode, which gives the same. */
  readonly decode?: (bytes: Uint8Array) => Decoded<MessageShape<Desc>>;
}

// A record is decoded once, however many snapshots hold it.
const known = new WeakMap<TopologyRecord, { readonly schema: DescMessage; readonly reading: Decoded<unknown> }>();

/** Reads the record if it is there; a failure is also noted in `unreadable`. */
export function readRecord<Desc extends DescMessage>(
  records: RecordsByPath,
  record: RecordId,
  format: RecordFormat<Desc>,
  unreadable: UnreadableRecord[],
): Reading<MessageShape<Desc>> {
  const found = records.get(record.path);
  if (found === undefined) return { status: 'absent' };
  const before = known.get(found);
  const reading =
    before?.schema === format.schema ? (before.reading as Decoded<MessageShape<Desc>>) : readBytes(found.value, format);
  if (before === undefined) known.set(found, { schema: format.schema, reading });
  if (reading.status === 'failed') unreadable.push({ record, reason: reading.reason });
  return reading;
}

function readBytes<Desc extends DescMessage>(
  bytes: Uint8Array,
  { schema, problem, ...format }: RecordFormat<Desc>,
): Decoded<MessageShape<Desc>> {
  const reading = format.decode?.(bytes) ?? decode(schema, bytes);
  const wrong = reading.status === 'loaded' ? problem?.(reading.value) : undefined;
  return wrong === undefined ? reading : { status: 'failed', reason: wrong };
}
