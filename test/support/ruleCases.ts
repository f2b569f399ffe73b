/** What the tests of single rules ask of a finding. */
import assert from 'node:assert/strict';
import type { Finding, FindingCode } from '../../src/model/finding.ts';
import { recordName, type Place, type RecordId } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decode } from '../../src/records/decode.ts';
import { parseJsonDocument } from '../../src/records/jsonDocument.ts';
import { recordToJson } from '../../src/records/recordJson.ts';
import { recordKind, recordSchemas } from '../../src/records/recordTypes.ts';
import { diagnosed, findingsOf } from './diagnosed.ts';
import { bytesOf, withBytes } from './edit.ts';

/** Every field that a finding must have; those left out must be absent. */
export interface ExpectedFinding extends Pick<Finding, 'code' | 'severity'> {
  readonly keyspace?: string;
  readonly shard?: string;
  readonly cell?: string;
  readonly tables?: readonly string[];
  /** The name of the first place's record. */
  readonly record: string;
  /** What stands at the first place in the record's JSON, without line breaks; left out for a place that is the whole record. */
  readonly text?: string;
  /** What the message must say: what fails now, and what to do next. */
  readonly says: readonly RegExp[];
}

export function assertFinding(data: TopologyData, finding: Finding | undefined, expected: ExpectedFinding): void {
  assert.ok(finding, `no ${expected.code}`);
  const { text, says, tables = [], ...fields } = expected;
  const { code, severity, keyspace, shard, cell, places } = finding;
  const present = Object.fromEntries(
    Object.entries({ keyspace, shard, cell }).filter(([, value]) => value !== undefined),
  );
  assert.deepEqual({ code, severity, ...present, record: recordName(places[0].record) }, fields);
  assert.deepEqual(finding.tables, tables);
  if (text === undefined) assert.deepEqual(places[0].path, []);
  else assert.equal(placeText(data, places[0]), text);
  for (const words of says) assert.match(finding.message, words);
  assert.match(finding.message, /\.$/);
}

/** What stands at a place in its record's JSON, on one line; undefined where the path leads nowhere. */
export function placeText(data: TopologyData, { record, path }: Place): string | undefined {
  const kind = recordKind(record);
  const bytes = bytesOf(data, record);
  assert.ok(kind !== undefined && bytes !== undefined, `${recordName(record)} is not there`);
  const reading = decode(recordSchemas[kind], bytes);
  assert.ok(reading.status === 'loaded');
  const json = recordToJson(recordSchemas[kind], reading.value);
  const range = parseJsonDocument(json).rangeAt(path);
  return range === undefined ? undefined : json.slice(range.offset, range.offset + range.length).replace(/\s+/g, ' ');
}

/** Gives a record bytes that are no protobuf message. */
export function corrupt(data: TopologyData, record: RecordId): TopologyData {
  assert.ok(bytesOf(data, record), `${recordName(record)} is not there`);
  return withBytes(data, record, Uint8Array.of(0xff, 0xff, 0xff));
}

/** A record that cannot be read makes the diagnosis incomplete, and nothing of the code is said. */
export function assertUnchecked(data: TopologyData, code: FindingCode, record: RecordId): void {
  assertIncomplete(data, record);
  assert.deepEqual(findingsOf(data, code), []);
}

/** A record that cannot be read makes the diagnosis incomplete, which a finding says by its name. */
export function assertIncomplete(data: TopologyData, record: RecordId): void {
  assert.equal(diagnosed(data).complete, false);
  const names = findingsOf(data, 'record-unreadable').map(({ places: [first] }) => recordName(first.record));
  assert.ok(names.includes(recordName(record)), `record-unreadable names ${names.join(', ')}`);
}

/** Nothing of the code is found, and everything could be checked. */
export function assertClean(data: TopologyData, ...codes: readonly FindingCode[]): void {
  assert.ok(diagnosed(data).complete);
  for (const code of codes) assert.deepEqual(findingsOf(data, code), []);
}
