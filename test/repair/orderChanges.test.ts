import assert from 'node:assert/strict';
import { create, toBinary } from '@bufbuild/protobuf';
import { cellRecord, globalRecord, type RecordId } from '../../src/model/record.ts';
import { ShardSchema, TabletType } from '../../src/records/gen/topodata_pb.js';
import { decode } from '../../src/records/decode.ts';
import { orderChanges, type DesiredChange } from '../../src/repair/orderChanges.ts';

function shard(tables: readonly string[]): Uint8Array {
  const tabletControls = tables.length === 0 ? [] : [{ tabletType: TabletType.PRIMARY, deniedTables: [...tables] }];
  return toBinary(ShardSchema, create(ShardSchema, { isPrimaryServing: true, tabletControls }));
}

function change(record: RecordId, before: Uint8Array | undefined, after: Uint8Array | undefined): DesiredChange {
  return { record, before, after, modRevision: '7', why: 'because' };
}

const bytes = (...all: number[]) => Uint8Array.from(all);

describe('orderChanges', () => {
  it('gives no step for records that are as desired', () => {
    assert.deepEqual(
      orderChanges([change(globalRecord.shard('a', '0'), shard(['t']), shard(['t']))], [{ keyspace: 'b', shard: '0' }]),
      [],
    );
  });

  it('first denies what is added without allowing what is removed from the same record', () => {
    const record = globalRecord.shard('a', '0');
    const steps = orderChanges([change(record, shard(['old', '/^x/']), shard(['new', '/^x/']))], []);
    assert.deepEqual(
      steps.map((step) => (step.kind === 'write' ? [step.phase, step.changes.length] : step.kind)),
      [['deny', 1], 'refresh', ['allow', 1], 'refresh'],
    );
    const [deny, , allow] = steps;
    assert.ok(deny?.kind === 'write' && allow?.kind === 'write');
    const between = decode(ShardSchema, deny.changes[0]?.after ?? bytes());
    assert.ok(between.status === 'loaded');
    assert.deepEqual(between.value.tabletControls[0]?.deniedTables, ['old', '/^x/', 'new']);
    assert.deepEqual(allow.changes[0]?.before, deny.changes[0]?.after);
    assert.deepEqual(allow.changes[0]?.after, shard(['new', '/^x/']));
  });

  it('writes Shard records, then rules, then cells by name', () => {
    const changes = [
      change(cellRecord.srvVSchema('zone2'), bytes(1), bytes(2)),
      change(cellRecord.srvVSchema('zone1'), bytes(1), bytes(2)),
      change(globalRecord.routingRules, bytes(1), undefined),
      change(globalRecord.shard('b', '0'), shard(['t']), shard([])),
      change(globalRecord.shard('a', '0'), shard(['t']), shard([])),
    ];
    const [allow] = orderChanges(changes, []);
    assert.ok(allow?.kind === 'write');
    assert.deepEqual(
      allow.changes.map(({ record }) => record),
      [4, 3, 2, 1, 0].map((index) => changes[index]?.record),
    );
  });

  it('has shards confirm that must deny only when something is allowed', () => {
    const mustDeny = [{ keyspace: 'b', shard: '0' }];
    const denied = orderChanges([change(globalRecord.shard('a', '0'), shard([]), shard(['t']))], mustDeny);
    assert.deepEqual(denied[1], {
      kind: 'refresh',
      purpose: 'confirm-deny',
      title: 'Confirm what is denied on a/0',
      shards: [{ keyspace: 'a', shard: '0' }],
    });
    const allowed = orderChanges([change(globalRecord.shard('a', '0'), shard(['t']), shard([]))], mustDeny);
    assert.deepEqual(
      allowed.map((step) => step.kind === 'refresh' && step.shards),
      [mustDeny, false, [{ keyspace: 'a', shard: '0' }]],
    );
  });
});
