import assert from 'node:assert/strict';
import path from 'node:path';
import type { Finding } from '../../src/model/finding.ts';
import { recordName } from '../../src/model/record.ts';
import type { LeaseEvidence, TopologyData, TopologyRecord } from '../../src/model/topologyData.ts';
import { assertGolden } from '../harness/golden.ts';
import { tablesOnBothSides, vtgates, writesThrough } from '../support/application.ts';
import { eventFiles, loadCapture, readEvents, type CapturedEvent } from '../support/captures.ts';
import { diagnosed, findingLine, findingLines } from '../support/diagnosed.ts';
import { withBytes, withoutDumps } from '../support/edit.ts';
import { readWorld } from '../support/world.ts';

const golden = path.join(import.meta.dirname, 'golden');
const move = { source: 'commerce', target: 'customer', tables: ['corder', 'customer'] };
const workflowLease: LeaseEvidence = { kind: 'held', id: '1', grantedTtlSeconds: 86_400, ttlSeconds: 82_800 };

/** The topology as an operation leaves it that dies right after an event. */
interface DeathPoint {
  readonly event: CapturedEvent;
  readonly data: TopologyData;
}

/** All that is written of a reverse and then of the switch after it, one death point for each write. */
function deathPoints(start: TopologyData): Record<(typeof eventFiles)[number], DeathPoint[]> {
  let data = start;
  const replay = (name: (typeof eventFiles)[number]): DeathPoint[] =>
    readEvents(name).map((event) => {
      data = withBytes(data, event.record, event.value);
      return { event, data };
    });
  return { 'reverse-all-ok': replay('reverse-all-ok'), 'switch-all-ok': replay('switch-all-ok') };
}

function isLock({ path: key }: { readonly path: string }): boolean {
  return key.includes('/locks/');
}

/** The leases have expired, of all locks or of the keyspaces' only. */
function withExpiredLocks(data: TopologyData, expired: (key: string) => boolean = () => true): TopologyData {
  return { ...data, global: data.global.filter((record) => !isLock(record) || !expired(record.path)) };
}

function goldenLine({ event, data }: DeathPoint): string {
  const { moves, findings } = diagnosed(data);
  const write = `${event.revision} ${event.value === undefined ? 'DELETE' : 'PUT'} ${recordName(event.record)}`;
  const states = moves.map(({ trafficState }) => trafficState);
  return [write, ...states, `application: ${suffering(data)}`, findings.map(findingWords).join(', ') || 'none'].join(
    ' | ',
  );
}

function findingWords({ code, tables, places: [{ record }] }: Finding): string {
  return `${code}@${recordName(record)}${tables.length === 0 ? '' : `[${tables.join(',')}]`}`;
}

/** What writes through the cell's vtgates meet, whatever the diagnosis says. */
function suffering(data: TopologyData): string {
  const world = readWorld(data);
  const writes = vtgates(world).flatMap((vtgate) => writesThrough(vtgate, world, [move]));
  assert.ok(writes.length > 0);
  const refusals = writes.filter(({ refused }) => refused).map(({ keyspace, shard }) => `${keyspace}/${shard}`);
  const both = tablesOnBothSides(writes);
  return (
    [
      ...(refusals.length === 0 ? [] : [`refused by ${[...new Set(refusals)].sort().join(' and ')}`]),
      ...(both.length === 0 ? [] : [`${both.join(' and ')} accepted on both sides`]),
    ].join(', ') || 'accepted'
  );
}

describe('diagnose after every write of a real reverse and switch', () => {
  const start = loadCapture('04-all-switched');
  const points = deathPoints(withoutDumps(start));
  const all = [...points['reverse-all-ok'], ...points['switch-all-ok']];

  for (const name of eventFiles) {
    it(`says what golden/${name}.txt says of a death at each write`, () => {
      assertGolden(path.join(golden, `${name}.txt`), points[name].map(goldenLine).join('\n'));
    });

    it(`finds nothing but locks before the first record and after the last record that ${name} writes`, () => {
      const records = points[name].map(({ event: { record } }) => !isLock(record));
      const idle = [...points[name].slice(0, records.indexOf(true)), ...points[name].slice(records.lastIndexOf(true))];
      assert.ok(idle.length > 4);
      for (const { data } of idle) assert.deepEqual(findingLines(withExpiredLocks(data)), []);
    });
  }

  it('starts from the state that the events lead back to', () => {
    const end = all.at(-1)?.data;
    assert.ok(end);
    assert.deepEqual(readWorld(end).rules, readWorld(start).rules);
    const shards = ({ global }: TopologyData) => global.filter(({ path: key }) => key.endsWith('/Shard'));
    const byPath = (data: TopologyData) => new Map(shards(data).map((record) => [record.path, record.value]));
    assert.deepEqual(byPath(end), byPath(start));
  });

  it('loses only the findings about locks when the leases expire', () => {
    for (const { data } of all) {
      const others = findingLines(data).filter((line) => !line.includes('-lock'));
      assert.deepEqual(findingLines(withExpiredLocks(data)), others);
    }
  });

  it('calls the workflow’s lock abandoned when the others have expired', () => {
    for (const { data } of all) {
      const later = withExpiredLocks(data, (key) => key.startsWith('keyspaces/'));
      const records: TopologyRecord[] = later.global.map((record) =>
        isLock(record) ? { ...record, lease: workflowLease } : record,
      );
      const lines = findingLines({ ...later, global: records }).filter((line) => line.includes('-lock'));
      const names = records.filter(isLock).map(({ path: key }) => `abandoned-lock ${key.split('/')[2] ?? ''}`);
      assert.deepEqual(lines, names);
    }
  });

  it('finds the same when it knows the workflow from what vtctldclient printed before', () => {
    const known = deathPoints(start);
    const lines = (data: TopologyData) => diagnosed(data).findings.map(findingLine);
    [...known['reverse-all-ok'], ...known['switch-all-ok']].forEach(({ data }, index) => {
      assert.deepEqual(lines(data), lines(all[index]?.data ?? start));
    });
  });
});
