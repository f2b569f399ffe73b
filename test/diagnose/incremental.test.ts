import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RecordId } from '../../src/model/record.ts';
import type { RecordChange } from '../../src/model/topologyChange.ts';
import type { TopologyData, TopologyRecord } from '../../src/model/topologyData.ts';
import { applyChanges } from '../../src/topology/applyChanges.ts';
import { sortRecords } from '../../src/topology/keys.ts';
import { arbitraryTopology } from '../support/arbitraryTopology.ts';
import { corrupted } from '../support/corruption.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { buildTopology, type MoveSpec, type TopologySpec } from '../support/topologySpec.ts';

const runs = 150;
const editsPerRun = 6;

interface Stored {
  readonly record: RecordId;
  readonly stored: TopologyRecord;
}

/** As adapters give it. */
function sorted(data: TopologyData): TopologyData {
  return {
    ...data,
    global: sortRecords(data.global),
    cells: data.cells.map((cell) =>
      cell.status === 'loaded' ? { ...cell, records: sortRecords(cell.records) } : cell,
    ),
  };
}

function allRecords(data: TopologyData): Stored[] {
  return [
    ...data.global.map((stored) => ({ record: { path: stored.path }, stored })),
    ...data.cells.flatMap((cell) =>
      cell.status === 'loaded'
        ? cell.records.map((stored) => ({ record: { cell: cell.cell, path: stored.path }, stored }))
        : [],
    ),
  ];
}

/** Writes to the records of `data`: what the same topology has in another phase, broken bytes, the same bytes again, or a deletion. */
function arbitraryChange(data: TopologyData, other: TopologyData): fc.Arbitrary<RecordChange> {
  const write = (all: readonly Stored[], value: (stored: TopologyRecord) => fc.Arbitrary<Uint8Array>) =>
    fc
      .constantFrom(...all)
      .chain(({ record, stored }) =>
        value(stored).map((bytes): RecordChange => ({ record, now: { ...stored, value: bytes } })),
      );
  const own = allRecords(data);
  return fc.oneof(
    { weight: 5, arbitrary: write(allRecords(other), ({ value }) => fc.constant(value)) },
    { weight: 2, arbitrary: write(own, ({ value }) => fc.constant(new Uint8Array(value))) },
    { weight: 1, arbitrary: write(own, ({ value }) => corrupted(fc.constant(value))) },
    { weight: 1, arbitrary: fc.constantFrom(...own).map(({ record }): RecordChange => ({ record, now: undefined })) },
  );
}

/** The same keyspaces and cells with the moves in other phases, or without some. */
function arbitraryOther(spec: TopologySpec): fc.Arbitrary<TopologySpec> {
  return fc
    .subarray([...spec.moves])
    .chain((kept) =>
      fc
        .tuple(
          ...kept.map((move) =>
            move.kind === 'standard'
              ? phases.map((phase): MoveSpec => ({ ...move, ...phase }))
              : fc.constant<MoveSpec>(move),
          ),
        )
        .map((moves): TopologySpec => ({ ...spec, moves })),
    );
}

const phases = fc.record({
  writes: fc.constantFrom('source' as const, 'target' as const, 'reversed' as const),
  replica: fc.constantFrom('source' as const, 'target' as const),
});

describe('a diagnosis that goes on from the one before', () => {
  it('equals one that starts anew, after any writes', () => {
    const cases = arbitraryTopology.chain((spec) =>
      arbitraryOther(spec).chain((other) => {
        const data = sorted(buildTopology(spec));
        const change = arbitraryChange(data, sorted(buildTopology(other)));
        return fc.record({
          data: fc.constant(data),
          changes: fc.array(change, { minLength: 1, maxLength: editsPerRun }),
        });
      }),
    );
    fc.assert(
      fc.property(cases, ({ data, changes }) => {
        let known = data;
        diagnosed(known);
        for (const change of changes) {
          known = applyChanges(known, [change]);
          // A copy has no object in common with what was judged before.
          assert.deepEqual(diagnosed(known), diagnosed(structuredClone(known)));
        }
      }),
      { numRuns: runs },
    );
  });

  it('has the keyspaces, cells and messages that were not written in common with the one before', () => {
    const [spec] = fc.sample(
      arbitraryTopology.filter(({ keyspaces, cells }) => keyspaces.length > 1 && cells.length > 1),
      1,
    );
    assert.ok(spec !== undefined);
    const data = sorted(buildTopology(spec));
    const before = diagnosed(data).snapshot;
    const [written, untouched] = spec.keyspaces;
    assert.ok(written !== undefined && untouched !== undefined);
    const path = `keyspaces/${written.name}/Keyspace`;
    const after = diagnosed(
      applyChanges(data, [{ record: { path }, now: { path, value: new Uint8Array() } }]),
    ).snapshot;
    assert.equal(after.keyspaces.get(untouched.name), before.keyspaces.get(untouched.name));
    assert.notEqual(after.keyspaces.get(written.name), before.keyspaces.get(written.name));
    assert.equal(
      after.keyspaces.get(written.name)?.shards[0]?.shard,
      before.keyspaces.get(written.name)?.shards[0]?.shard,
    );
    after.cells.forEach((cell, index) => assert.equal(cell, before.cells[index]));
    assert.equal(after.routingRules, before.routingRules);
  });
});
