import assert from 'node:assert/strict';
import type { LeaseEvidence } from '../../../src/model/topologyData.ts';
import { loadCapture } from '../../support/captures.ts';
import { diagnosed, findingLines, findingsOf, onlyFinding } from '../../support/diagnosed.ts';
import { withLock, type LockOptions } from '../../support/edit.ts';
import { standardTopology } from '../../support/moves.ts';
import { assertClean, assertFinding, assertIncomplete } from '../../support/ruleCases.ts';

const switched = standardTopology();
const named = 'internal/named_locks/customer/commerce2customer';
const day = 86_400;
const held = (grantedTtlSeconds: number, ttlSeconds: number): LeaseEvidence => ({
  kind: 'held',
  id: '123',
  grantedTtlSeconds,
  ttlSeconds,
});
const oldLease: LockOptions = { lease: held(day, day - 7200), ageSeconds: 7200 };

describe('held-lock and abandoned-lock', () => {
  it('are silent without a lock', () => {
    assertClean(switched, 'held-lock', 'abandoned-lock');
  });

  it('says who holds a lock, for what and since when', () => {
    const data = withLock(switched, 'keyspaces/customer', { lease: held(30, 28), ageSeconds: 600 });
    assertFinding(data, onlyFinding(data, 'held-lock'), {
      code: 'held-lock',
      severity: 'info',
      keyspace: 'customer',
      record: 'keyspaces/customer/locks/123',
      says: [
        /^The keyspace customer is locked by vt@vtctld-a for SwitchWrites, since 2026-11-24T03:50:00Z: /,
        /Next: let it finish before anything is changed/,
      ],
    });
    assert.ok(diagnosed(data).complete);
    assert.deepEqual(findingsOf(data, 'abandoned-lock'), []);
  });

  it('says what an abandoned lock blocks and how it is released', () => {
    const data = withLock(switched, named, { lease: { kind: 'none' } });
    assertFinding(data, onlyFinding(data, 'abandoned-lock'), {
      code: 'abandoned-lock',
      severity: 'error',
      keyspace: 'customer',
      record: `${named}/locks/123`,
      says: [
        /^The workflow customer\.commerce2customer is locked by .*its key has no lease, so nobody renews it and it never expires/,
        /Every SwitchTraffic and ReverseTraffic of this workflow waits for it/,
        /Next: make sure that its holder is gone; deleting its key releases it/,
      ],
    });
    const leased = withLock(switched, named, oldLease);
    assert.match(onlyFinding(leased, 'abandoned-lock').message, /revoking its lease releases it/);
  });

  describe('by the lease', () => {
    const cases: [string, 'held' | 'abandoned', LockOptions, RegExp][] = [
      ['none', 'abandoned', { lease: { kind: 'none' }, ageSeconds: 1 }, /no lease/],
      ['unknown', 'held', { lease: { kind: 'unknown' }, ageSeconds: 10 * day }, /a snapshot cannot tell/],
      ['30 s, just renewed', 'held', { lease: held(30, 30), ageSeconds: 3600 }, /renewed/],
      ['30 s, renewal 5 s late', 'held', { lease: held(30, 15), ageSeconds: 3600 }, /renewed/],
      ['30 s, renewal 6 s late', 'abandoned', { lease: held(30, 14), ageSeconds: 3600 }, /not renewed for 16 s/],
      ['30 s, silent', 'abandoned', { lease: held(30, 1), ageSeconds: 3600 }, /not renewed for 29 s.*expires in 1 s/],
      ['120 s, renewed', 'held', { lease: held(120, 90), ageSeconds: 3600 }, /renewed/],
      ['24 h, young', 'held', { lease: held(day, day - 60), ageSeconds: 60 }, /taken or renewed 1 min ago/],
      ['24 h, at the limit', 'held', { lease: held(day, day - 900), ageSeconds: 900 }, /15 min ago/],
      [
        '24 h, old and alone',
        'abandoned',
        oldLease,
        /2 h 0 min ago.*none of the keyspace locks.*expires in 22 h 0 min/,
      ],
      ['24 h, old and renewed', 'held', { lease: held(day, day - 60), ageSeconds: 9 * day }, /renewed 1 min ago/],
      ['24 h, silent and young by its time', 'held', { ...oldLease, ageSeconds: 60 }, /1 min ago/],
    ];
    for (const [name, alive, options, words] of cases) {
      it(`calls a workflow's lock ${alive} with a lease of ${name}`, () => {
        const data = withLock(switched, named, options);
        assert.match(onlyFinding(data, `${alive}-lock`).message, words);
        assert.equal(findingsOf(data, alive === 'held' ? 'abandoned-lock' : 'held-lock').length, 0);
      });
    }
  });

  describe('of an old 24 h lease', () => {
    const beside = (keyspace: string, options: LockOptions) =>
      withLock(withLock(switched, named, oldLease), `keyspaces/${keyspace}`, {
        id: '124',
        lease: held(30, 29),
        ...options,
      });

    it('is held while its host holds the keyspace lock of either side of its move', () => {
      for (const keyspace of ['customer', 'commerce']) {
        const data = beside(keyspace, {});
        assert.deepEqual(findingsOf(data, 'abandoned-lock'), []);
        const [own] = findingsOf(data, 'held-lock').filter(({ message }) => message.startsWith('The workflow'));
        assert.match(own?.message ?? '', new RegExp(`its holder also holds the lock on keyspaces/${keyspace}`));
      }
    });

    it('is abandoned when the keyspace lock is another host’s, another keyspace’s, or dead', () => {
      for (const data of [
        beside('customer', { host: 'vtctld-b' }),
        beside('elsewhere', {}),
        beside('customer', { lease: { kind: 'none' } }),
        beside('customer', { lease: held(30, 1) }),
      ]) {
        const paths = findingsOf(data, 'abandoned-lock').map(({ places: [first] }) => first.record.path);
        assert.ok(paths.includes(`${named}/locks/123`), paths.join());
      }
    });

    it('is held while a keyspace lock that cannot be read may be its holder’s', () => {
      const data = beside('customer', { contents: Uint8Array.of(0xff) });
      assertIncomplete(data, { path: 'keyspaces/customer/locks/124' });
      assert.deepEqual(findingsOf(data, 'abandoned-lock'), []);
    });
  });

  it('tells a waiter from the holder by the order of their keys', () => {
    const holder = withLock(switched, 'keyspaces/customer', { id: '1', modRevision: '99', lease: held(30, 29) });
    const data = withLock(holder, 'keyspaces/customer', { id: '2', modRevision: '100', lease: held(30, 29) });
    assert.deepEqual(
      findingsOf(data, 'held-lock').map(({ message }) => /^The keyspace customer is (\S+)/.exec(message)?.[1]),
      ['locked', 'waited'],
    );
  });

  it('names what is locked: a shard, a keyspace, a workflow, or the path', () => {
    const lock = (path: string) => onlyFinding(withLock(switched, path), 'held-lock');
    const shard = lock('keyspaces/customer/shards/-80');
    assert.deepEqual([shard.keyspace, shard.shard], ['customer', '-80']);
    assert.match(shard.message, /^The shard customer\/-80 is locked/);
    const other = lock('routing_rules');
    assert.deepEqual([other.keyspace, other.shard], [undefined, undefined]);
    assert.match(other.message, /^routing_rules is locked/);
  });

  it('takes every lock of a snapshot for held', () => {
    assert.equal(
      findingLines(loadCapture('12-reverse-vtctld-killed')).filter((line) => /held-lock/.test(line)).length,
      3,
    );
  });

  it('still reports a lock whose contents cannot be read, and judges it by its lease alone', () => {
    const contents = Uint8Array.of(0xff);
    for (const [lease, code] of [
      [held(30, 29), 'held-lock'],
      [{ kind: 'none' }, 'abandoned-lock'],
      [held(day, day - 7200), 'abandoned-lock'],
      [held(day, day - 60), 'held-lock'],
    ] as const) {
      const data = withLock(switched, named, { lease, contents });
      assertIncomplete(data, { path: `${named}/locks/123` });
      assert.match(onlyFinding(data, code).message, /by a holder that its key does not name/);
    }
  });
});
