/** The records as a repair wants them: fixes edit messages one after the other, and what differs in the end is changed. */
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import { globalRecord, recordName, type RecordId } from '../model/record.ts';
import type { TopologyData } from '../model/topologyData.ts';
import { decode, encode, sameMessage } from '../records/decode.ts';
import type { DesiredChange } from './orderChanges.ts';
import { recordOf, revisionOf, withChanges } from './topologyRecords.ts';

interface Edit {
  readonly record: RecordId;
  readonly after: Uint8Array | undefined;
  /** Why, each reason once. */
  readonly whys: ReadonlySet<string>;
  readonly denyWhys: ReadonlySet<string>;
}

/** Why a record is edited; `deny` of a Shard record: what it denies more, and why. */
export interface Why {
  readonly why?: string | undefined;
  readonly deny?: string | undefined;
}

// Vitess deletes a rule record that becomes empty.
const deletedWhenEmpty: ReadonlySet<string> = new Set([
  globalRecord.routingRules.path,
  globalRecord.shardRoutingRules.path,
  globalRecord.keyspaceRoutingRules.path,
  globalRecord.mirrorRules.path,
]);

export class Draft {
  private readonly data: TopologyData;
  private readonly edits = new Map<string, Edit>();

  constructor(data: TopologyData) {
    this.data = data;
  }

  /** Changes a record's message in place; an absent record starts empty. What the change leaves as it was is not written; true when it changed something. */
  edit<Desc extends DescMessage>(
    schema: Desc,
    record: RecordId,
    why: Why,
    change: (message: MessageShape<Desc>) => void,
  ): boolean {
    const bytes = this.bytes(record);
    const [before, message] = [this.message(schema, record), this.message(schema, record)];
    change(message);
    if (bytes !== undefined && sameMessage(schema, before, message)) return false;
    const encoded = encode(schema, message);
    const empty = encoded.length === 0 && record.cell === undefined && deletedWhenEmpty.has(record.path);
    const edit = this.edits.get(recordName(record));
    this.edits.set(recordName(record), {
      record,
      after: empty ? undefined : encoded,
      whys: withItem(edit?.whys, why.why),
      denyWhys: withItem(edit?.denyWhys, why.deny),
    });
    return true;
  }

  /** A record's message as it is wanted so far; fails for bytes that do not decode: nothing may be built on them. */
  message<Desc extends DescMessage>(schema: Desc, record: RecordId): MessageShape<Desc> {
    const bytes = this.bytes(record);
    if (bytes === undefined) return create(schema);
    const reading = decode(schema, bytes);
    if (reading.status !== 'loaded') throw new Error(`${recordName(record)} cannot be changed: it does not decode`);
    return reading.value;
  }

  /** True for a record that is written. */
  writes(record: RecordId): boolean {
    return this.edits.has(recordName(record));
  }

  /** The topology as it is wanted so far. */
  topology(): TopologyData {
    return withChanges(this.data, [...this.edits.values()]);
  }

  changes(): DesiredChange[] {
    return [...this.edits.values()].map(({ record, after, whys, denyWhys }) => ({
      record,
      before: recordOf(this.data, record)?.value,
      after,
      modRevision: revisionOf(this.data, record),
      why: [...whys].join('; '),
      denyWhy: [...denyWhys].join('; '),
    }));
  }

  private bytes(record: RecordId): Uint8Array | undefined {
    const edit = this.edits.get(recordName(record));
    return edit === undefined ? recordOf(this.data, record)?.value : edit.after;
  }
}

function withItem(set: ReadonlySet<string> | undefined, item: string | undefined): ReadonlySet<string> {
  return new Set([...(set ?? []), ...(item === undefined ? [] : [item])]);
}
