import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { recordName, type RecordId } from '../../src/model/record.ts';
import { groupBy } from '../../src/model/groupBy.ts';
import type { Reading } from '../../src/model/reading.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decode } from '../../src/records/decode.ts';
import { parseLockContents } from '../../src/records/lockContents.ts';
import {
  KeyspaceRoutingRuleSchema,
  MirrorRuleSchema,
  ShardRoutingRuleSchema,
} from '../../src/records/gen/vschema_pb.js';
import { recordKind, recordSchemas } from '../../src/records/recordTypes.ts';
import { parseGlobalPath, type RecordKind } from '../../src/records/topoKey.ts';
import { readCellInfos } from '../../src/topology/cellInfo.ts';
import { arbitraryMessage } from '../support/arbitraryWire.ts';
import { captureNames, loadCapture } from '../support/captures.ts';
import { corrupted } from '../support/corruption.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { withBytes, withKeyspaceRules, withLock, withMirrorRules, withShardRules } from '../support/edit.ts';
import { wireProblem } from '../support/wireWalker.ts';

type Kind = RecordKind | 'Lock';

const kinds: readonly Kind[] = [...(Object.keys(recordSchemas) as RecordKind[]), 'Lock'];
const runsPerKind = 8000;
/** Of the inputs of each kind, one in so many is put into its topology, which is then diagnosed as a whole. */
const inputsPerDiagnosis = 8;

/** A record of a capture, with the topology that it is part of. */
interface Subject {
  readonly data: TopologyData;
  readonly record: RecordId;
  readonly value: Uint8Array;
}

/** A capture with one of each record that a move of whole tables does not write. */
function completed(capture: string): TopologyData {
  const rule = { fromKeyspace: 'commerce', toKeyspace: 'customer' };
  const edits: readonly ((data: TopologyData) => TopologyData)[] = [
    (data) => withShardRules(data, ({ rules }) => rules.push(create(ShardRoutingRuleSchema, { ...rule, shard: '0' }))),
    (data) => withKeyspaceRules(data, ({ rules }) => rules.push(create(KeyspaceRoutingRuleSchema, rule))),
    (data) =>
      withMirrorRules(data, ({ rules }) =>
        rules.push(
          create(MirrorRuleSchema, { fromTable: 'commerce.product', toTable: 'customer.product', percent: 12.5 }),
        ),
      ),
    (data) => withLock(data, 'keyspaces/customer', { id: '7' }),
  ];
  return edits.reduce((data, edit) => edit(data), loadCapture(capture));
}

function kindOf(record: RecordId): Kind | undefined {
  const isLock = record.cell === undefined && parseGlobalPath(record.path).kind === 'Lock';
  return isLock ? 'Lock' : recordKind(record);
}

function subjectsOf(data: TopologyData): Subject[] {
  const cells = data.cells.flatMap((cell) =>
    cell.status === 'loaded'
      ? cell.records.map(({ path, value }) => ({ data, record: { cell: cell.cell, path }, value }))
      : [],
  );
  return [...data.global.map(({ path, value }) => ({ data, record: { path }, value })), ...cells];
}

const subjects = groupBy(captureNames.map(completed).flatMap(subjectsOf), ({ record }) => kindOf(record));

/** Says why bytes are no such record, by readers that share nothing with the product; undefined when they are one. */
function problemOf(kind: Kind, bytes: Uint8Array): string | undefined {
  if (kind !== 'Lock') return wireProblem(kind, bytes);
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return Object.prototype.toString.call(value) === '[object Object]' ? undefined : 'not an object';
  } catch (error) {
    return String(error);
  }
}

function read(kind: Kind, bytes: Uint8Array): Reading<unknown> {
  return kind === 'Lock' ? parseLockContents(bytes) : decode(recordSchemas[kind], bytes);
}

function checkReading(kind: Kind, { record }: Subject, bytes: Uint8Array, problem: string | undefined): void {
  assert.equal(read(kind, bytes).status, problem === undefined ? 'loaded' : 'failed', problem);
  if (kind !== 'CellInfo' || problem === undefined) return;
  // What does not decode must not lead to some other etcd.
  const [cell] = readCellInfos([{ path: record.path, value: bytes }]);
  assert.equal(cell?.info.status, 'failed', problem);
}

function checkDiagnosis({ data, record }: Subject, bytes: Uint8Array, problem: string | undefined): void {
  const { complete, findings } = diagnosed(withBytes(data, record, bytes));
  const named = findings
    .filter(({ code }) => code === 'record-unreadable')
    .map(({ places: [first] }) => recordName(first.record));
  if (problem !== undefined) assert.deepEqual(named, [recordName(record)], problem);
  // Bytes may be a sound message and still not this record: a Shard without its key range.
  else assert.ok(named.every((name) => name === recordName(record)));
  assert.equal(complete, named.length === 0);
}

/** What was tried of one kind. */
interface Tally {
  readonly kind: Kind;
  inputs: number;
  /** Inputs that are no such record. */
  undecodable: number;
  diagnosed: number;
  slowestMs: number;
}

function printTallies(tallies: readonly Tally[]): void {
  const total = tallies.reduce((sum, { inputs }) => sum + inputs, 0);
  console.log(`   ${total} corrupted records:`);
  for (const { kind, inputs, undecodable, diagnosed: whole, slowestMs } of tallies) {
    const counts = `${inputs} inputs, ${undecodable} undecodable, ${whole} diagnosed with their topology`;
    console.log(`     ${kind}: ${counts}, the slowest in ${slowestMs.toFixed(0)} ms`);
  }
}

describe('a corrupted record', function () {
  this.timeout(120_000);
  const tallies = kinds.map((kind): Tally => ({ kind, inputs: 0, undecodable: 0, diagnosed: 0, slowestMs: 0 }));
  after(() => printTallies(tallies));

  for (const tally of tallies) {
    const { kind } = tally;
    it(`is unreadable and never healthy when it is a ${kind}`, () => {
      const those = subjects.get(kind) ?? [];
      assert.ok(those.length > 0, `no capture has a ${kind}`);
      const input = fc.nat(those.length - 1).chain((index) => {
        const captured = fc.constant(those[index]?.value ?? new Uint8Array());
        const original =
          kind === 'Lock' ? captured : fc.oneof({ arbitrary: captured, weight: 3 }, arbitraryMessage(kind));
        return fc.tuple(fc.constant(index), corrupted(original));
      });
      fc.assert(
        fc.property(input, ([index, bytes]) => {
          const subject = those[index];
          assert.ok(subject);
          const problem = problemOf(kind, bytes);
          const started = performance.now();
          checkReading(kind, subject, bytes, problem);
          if (tally.inputs % inputsPerDiagnosis === 0) {
            checkDiagnosis(subject, bytes, problem);
            tally.diagnosed += 1;
          }
          tally.inputs += 1;
          if (problem !== undefined) tally.undecodable += 1;
          tally.slowestMs = Math.max(tally.slowestMs, performance.now() - started);
        }),
        { numRuns: runsPerKind },
      );
      // A generator that hardly breaks anything, or breaks everything, would prove nothing.
      assert.ok(tally.undecodable > runsPerKind / 3 && tally.undecodable < runsPerKind);
    });
  }
});
