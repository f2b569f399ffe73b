import assert from 'node:assert/strict';
import path from 'node:path';
import { buildMap } from '../../src/map/buildMap.ts';
import { globalRecord } from '../../src/model/record.ts';
import { assertGolden } from '../harness/golden.ts';
import { captureNames, loadCapture } from '../support/captures.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { withBytes, withDenied, withFailedCell, withLock, withRoutes } from '../support/edit.ts';
import { partialTopology, standardTopology, tenantTopology } from '../support/moves.ts';
import { mapDump, onlyMap } from './maps.ts';

const golden = (name: string): string => path.join(import.meta.dirname, 'golden', `${name}.txt`);
const truncated = Uint8Array.of(0x0a, 0xff);
const outage = loadCapture('12-reverse-vtctld-killed');
const switched = loadCapture('04-all-switched');

describe('the map of a move', () => {
  it('says of each capture with a move what its README says', () => {
    for (const name of captureNames.filter((capture) => capture !== '00-before')) {
      assertGolden(golden(name), mapDump(onlyMap(loadCapture(name))));
    }
  });

  it('is not there for a move that is not', () => {
    const before = diagnosed(loadCapture('00-before'));
    assert.deepEqual(before.moves, []);
    assert.equal(buildMap(before, 'customer.commerce2customer'), undefined);
  });

  it('shows in capture 12 that writes are denied where they go, and reads that a rebuild would move', () => {
    const map = onlyMap(outage);
    const [rules, zone1] = map.routing;
    assert.deepEqual(
      zone1?.flows.map(({ types, to, refused }) => ({ types, to, refused })),
      [
        { types: ['primary'], to: 'target', refused: ['corder', 'customer'] },
        { types: ['replica', 'rdonly'], to: 'target', refused: [] },
      ],
    );
    assert.deepEqual(
      rules?.flows.map(({ types, to }) => ({ types, to })),
      [
        { types: ['primary'], to: 'target' },
        { types: ['replica', 'rdonly'], to: 'source' },
      ],
    );
    assert.deepEqual([map.state, map.verdict], ['error', '4 errors']);
    const marked = [...map.source.shards, ...map.target.shards].map(({ name, marks }) => [name, marks[0]?.state]);
    assert.deepEqual(marked, [
      ['0', 'error'],
      ['-80', 'error'],
      ['80-', 'error'],
    ]);
  });

  it('has no error mark, no refused flow and no lock in a healthy capture', () => {
    for (const name of ['01-created', '02-rdonly-switched', '04-all-switched', '17-two-cells-replica-zone1']) {
      const map = onlyMap(loadCapture(name));
      const sides = [map.source, map.target];
      const marks = [...sides, ...sides.flatMap(({ shards }) => shards), ...map.routing].flatMap((each) => each.marks);
      assert.deepEqual(marks.filter(({ state }) => state !== 'info').concat(), [], name);
      assert.deepEqual(
        map.routing.flatMap(({ flows }) => flows.flatMap(({ refused }) => refused)),
        [],
        name,
      );
      assert.deepEqual([...map.locks, ...sides.flatMap(({ locks }) => locks)], [], name);
    }
  });

  it('says what could not be read, and never that it is healthy', () => {
    const states = {
      'unreadable-shard': withBytes(switched, globalRecord.shard('customer', '80-'), truncated),
      'unreadable-rules': withBytes(switched, globalRecord.routingRules, truncated),
      'unreachable-cell': withFailedCell(switched, 'zone1'),
    };
    for (const [name, data] of Object.entries(states)) {
      const map = onlyMap(data);
      assertGolden(golden(name), mapDump(map));
      assert.equal(map.state, 'unchecked', name);
      assert.match(map.verdict, /^1 not checked: .* could not be read$/, name);
      assert.ok(
        map.findings.some(({ state }) => state === 'unchecked'),
        name,
      );
    }
  });

  it('shows tables of one move that go different ways, and which of them are denied there', () => {
    const routes = {
      corder: 'commerce.corder',
      'commerce.corder': 'commerce.corder',
      'customer.corder': 'commerce.corder',
    };
    const split = withRoutes(standardTopology(), routes);
    const topology = diagnosed(split);
    const map = buildMap(topology, topology.moves.find(({ tables }) => tables.includes('corder'))?.id ?? '');
    const primary = map?.routing[0]?.flows.filter(({ types }) => types.includes('primary'));
    assert.deepEqual(
      primary?.map(({ to, refused }) => ({ to, refused })),
      [{ to: 'source', refused: ['corder'] }],
    );
  });

  it('shows a partial move shard by shard', () => {
    const map = onlyMap(partialTopology({ '-80': 'target', '80-': 'source' }));
    assert.deepEqual(
      map.routing[0]?.flows.map(({ to, of }) => ({ to, of })),
      [
        { to: 'target', of: ['-80'] },
        { to: 'source', of: ['80-'] },
      ],
    );
    assert.deepEqual(map.routing[1]?.flows, map.routing[0].flows);
  });

  it('shows of a multi-tenant move where the tenants go, by tablet type', () => {
    const map = onlyMap(tenantTopology({ writes: 'source' }));
    assert.deepEqual(
      map.routing.map(({ flows }) => flows.map(({ types, to }) => `${types.join()} ${to}`)),
      Array.from(map.routing, () => ['primary source', 'replica,rdonly target']),
    );
  });

  it('shows the locks of its own keyspaces, shards and workflows, an abandoned one as an error', () => {
    const locked = [
      { path: 'keyspaces/customer', lease: { kind: 'none' } },
      { path: 'keyspaces/customer/shards/-80', lease: { kind: 'unknown' } },
      { path: 'internal/named_locks/customer/commerce2customer', lease: { kind: 'unknown' } },
      { path: 'keyspaces/elsewhere', lease: { kind: 'unknown' } },
    ] as const;
    const map = onlyMap(
      locked.reduce((data, { path: lockedPath, lease }) => withLock(data, lockedPath, { lease }), switched),
    );
    assert.deepEqual(
      map.target.locks.map(({ locked: name, isAbandoned }) => ({ name, isAbandoned })),
      [{ name: 'keyspace customer', isAbandoned: true }],
    );
    assert.deepEqual(
      map.target.shards.map(({ locks }) => locks.map(({ locked: name }) => name)),
      [['shard customer/-80'], []],
    );
    assert.deepEqual(
      map.locks.map(({ locked: name }) => name),
      ['workflow customer.commerce2customer'],
    );
    assert.ok(!mapDump(map).includes('elsewhere'));
  });

  it('gives findings that say the same of many shards one number', () => {
    const shards = Array.from({ length: 8 }, (_, index) => {
      const bound = (at: number): string => (at === 0 || at === 8 ? '' : (at * 32).toString(16).padStart(2, '0'));
      return `${bound(index)}-${bound(index + 1)}`;
    });
    const keyspaces = [
      { name: 'commerce', shards: ['0'] },
      { name: 'customer', shards },
    ];
    const broken = shards.reduce(
      (data, shard) => withDenied(data, 'customer', shard, ['corder']),
      withDenied(standardTopology({}, { keyspaces }), 'commerce', '0', ['customer']),
    );
    const map = onlyMap(broken);
    const [first] = map.findings;
    assert.equal(first?.title, 'customer/-20 denies corder, which it serves; the same of 7 more shards');
    assert.equal(first.messages.length, 8);
    assert.ok(map.target.shards.every(({ marks }) => marks.some(({ number }) => number === 1)));
  });
});
