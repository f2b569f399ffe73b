import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { cellRecord } from '../../src/model/record.ts';
import { TabletAliasSchema, TabletSchema, TabletType } from '../../src/records/gen/topodata_pb.js';
import { TimeSchema } from '../../src/records/gen/vttime_pb.js';
import { withMessage, withoutRecord, withShard } from '../support/edit.ts';
import { check, created, forward, reasonLines } from './precheckWorld.ts';

const primary = cellRecord.tablet('zone1', 'zone1-0000000100');

describe('precheck of tablets', () => {
  const silent = { status: 'silent', reason: 'connection refused' } as const;
  const withTablet = (alias: string, type: TabletType) =>
    withMessage(created(), cellRecord.tablet('zone1', alias), TabletSchema, (tablet) => {
      tablet.alias = create(TabletAliasSchema, { cell: 'zone1', uid: Number(alias.split('-')[1]) });
      Object.assign(tablet, { keyspace: 'commerce', shard: '0', hostname: 'replica', type });
    });

  it('is not safe when the primary of either side is silent', () => {
    for (const alias of ['zone1-0000000100', 'zone1-0000000300']) {
      const result = check(created(), `switch ${forward}`, { answers: { [alias]: silent } });
      assert.deepEqual(reasonLines(result), [`primary-silent zone1/tablets/${alias}/Tablet`]);
      assert.match(result.reasons[0]?.message ?? '', /connection refused\. /);
    }
  });

  it('is not safe when a replica is silent', () => {
    const alias = 'zone1-0000000101';
    const data = withTablet(alias, TabletType.REPLICA);
    assert.deepEqual(reasonLines(check(data, `switch ${forward}`, { answers: { [alias]: silent } })), [
      `tablet-silent zone1/tablets/${alias}/Tablet`,
    ]);
    assert.ok(check(data, `switch ${forward}`).safe);
  });

  it('is not safe while a tablet takes a backup or is restored, even when it answers', () => {
    const alias = 'zone1-0000000102';
    for (const type of [TabletType.BACKUP, TabletType.RESTORE]) {
      const result = check(withTablet(alias, type), `switch ${forward}`);
      assert.deepEqual(reasonLines(result), [`tablet-busy zone1/tablets/${alias}/Tablet`]);
    }
  });

  it('says that a reparent is under way', () => {
    const alias = 'zone1-0000000103';
    const data = withMessage(
      withTablet(alias, TabletType.PRIMARY),
      cellRecord.tablet('zone1', alias),
      TabletSchema,
      (tablet) => {
        tablet.primaryTermStartTime = create(TimeSchema, { seconds: 10_000_000_000n });
      },
    );
    assert.deepEqual(reasonLines(check(data, `switch ${forward}`)), [
      'primary-changing keyspaces/commerce/shards/0/Shard',
    ]);
  });

  for (const [what, edit, record] of [
    [
      'the Shard record names none',
      () => withShard(created(), 'commerce', '0', (shard) => delete shard.primaryAlias),
      'keyspaces/commerce/shards/0/Shard',
    ],
    ['its Tablet record is missing', () => withoutRecord(created(), primary), 'keyspaces/commerce/shards/0/Shard'],
    [
      'it is of another shard',
      () => withMessage(created(), primary, TabletSchema, (tablet) => (tablet.keyspace = 'customer')),
      'zone1/tablets/zone1-0000000100/Tablet',
    ],
    [
      'it is not PRIMARY',
      () => withMessage(created(), primary, TabletSchema, (tablet) => (tablet.type = TabletType.REPLICA)),
      'zone1/tablets/zone1-0000000100/Tablet',
    ],
  ] as const) {
    it(`says that a shard has no primary when ${what}`, () => {
      assert.deepEqual(reasonLines(check(edit(), `switch ${forward}`)), [`no-primary ${record}`]);
    });
  }
});
