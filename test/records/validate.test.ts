import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { CellInfoSchema, ShardSchema, TabletSchema, type Shard } from '../../src/records/gen/topodata_pb.js';
import {
  cellInfoProblem,
  namedRange,
  shardProblem,
  tabletAliasName,
  tabletProblem,
} from '../../src/records/validate.ts';

function shard(start?: string, end?: string): Shard {
  const bytes = (hex = ''): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
  const keyRange = start === undefined ? {} : { keyRange: { start: bytes(start), end: bytes(end) } };
  return create(ShardSchema, { isPrimaryServing: true, ...keyRange });
}

describe('shardProblem', () => {
  const cases: readonly [string, Shard, RegExp | undefined][] = [
    ['0', shard(), undefined],
    ['-', shard(), undefined],
    ['-', shard('', ''), undefined],
    ['-80', shard('', '80'), undefined],
    ['-80', shard('', '8000'), undefined],
    ['80-', shard('80', ''), undefined],
    ['80-C0', shard('80', 'c0'), undefined],
    ['-80', shard(), /has no key_range, the shard is "-80"/],
    ['-80', shard('80', ''), /its key_range is 80-, not -80/],
    ['-80', shard('', '81'), /its key_range is -81, not -80/],
    ['0', shard('', '80'), /its key_range is -80, the shard is "0"/],
    ['-8', shard('', '80'), /"-8" is not a valid shard name/],
    ['80-40', shard('80', '40'), /not a valid shard name/],
    ['a-b-c', shard(), /not a valid shard name/],
    ['0', create(ShardSchema), /it is empty/],
  ];
  for (const [name, record, problem] of cases) {
    const range = namedRange(record.keyRange);
    const stored = range === undefined ? 'no key range' : `${range.start}-${range.end}`;
    it(`${problem === undefined ? 'accepts' : 'refuses'} ${stored} for the shard ${name}`, () => {
      const found = shardProblem(name, record);
      if (problem === undefined) assert.equal(found, undefined);
      else assert.match(found ?? '', problem);
    });
  }
});

describe('tabletProblem', () => {
  const tablet = create(TabletSchema, { alias: { cell: 'zone1', uid: 100 } });

  it('accepts a tablet under its own alias', () => {
    assert.equal(tabletProblem('zone1-0000000100', tablet), undefined);
  });

  it('refuses a tablet under another alias', () => {
    assert.match(tabletProblem('zone1-0000000101', tablet) ?? '', /its alias is "zone1-0000000100", the key says/);
  });

  it('refuses a tablet without an alias', () => {
    assert.match(tabletProblem('zone1-0000000100', create(TabletSchema)) ?? '', /its alias is ""/);
  });

  it('does not cut an alias with more than ten digits', () => {
    assert.equal(tabletAliasName({ cell: 'c', uid: 4294967295 }), 'c-4294967295');
  });
});

describe('cellInfoProblem', () => {
  it('accepts an address with a root', () => {
    assert.equal(cellInfoProblem(create(CellInfoSchema, { serverAddress: 'h:1', root: '/z' })), undefined);
  });

  it('refuses a CellInfo without an address or a root', () => {
    assert.match(cellInfoProblem(create(CellInfoSchema, { root: '/z' })) ?? '', /server_address/);
    assert.match(cellInfoProblem(create(CellInfoSchema, { serverAddress: 'h:1' })) ?? '', /root/);
  });
});
