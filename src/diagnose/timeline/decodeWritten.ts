import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { TopologyRecord } from '../../model/topologyData.ts';
import { readRecord, type RecordFormat } from '../../records/recordReader.ts';
import type { WrittenRecord } from './changeWords.ts';

/** A record before and after a change. */
export interface DecodedWrite<Message> {
  /** Undefined when the record was not there. */
  readonly before: Message | undefined;
  readonly now: Message | undefined;
}

/** Decodes a record before and after a change; undefined when one of them cannot be read. */
export function decodeWritten<Desc extends DescMessage>(
  { before, now }: WrittenRecord,
  format: RecordFormat<Desc>,
): DecodedWrite<MessageShape<Desc>> | undefined {
  const [old, current] = [decodeStored(before, format), decodeStored(now, format)];
  if (old === 'unreadable' || current === 'unreadable') return undefined;
  return { before: old, now: current };
}

function decodeStored<Desc extends DescMessage>(
  stored: TopologyRecord | undefined,
  format: RecordFormat<Desc>,
): MessageShape<Desc> | undefined | 'unreadable' {
  if (stored === undefined) return undefined;
  const reading = readRecord(new Map([[stored.path, stored]]), { path: stored.path }, format, []);
  return reading.status === 'loaded' ? reading.value : 'unreadable';
}
