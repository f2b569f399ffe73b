import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ShardTablets, TabletDialer } from '../../src/repair/ports.ts';
import { dialTablets } from '../../src/vtctld/dialTablets.ts';

const aliases = Array.from({ length: 200 }, (_, index) => `zone1-${String(index).padStart(10, '0')}`);
const shard: ShardTablets = {
  keyspace: 'ks',
  shard: '0',
  tablets: aliases.map((alias) => {
    return { alias, cell: 'zone1', hostname: 'h', grpcPort: 1, type: 'REPLICA', isPrimary: false };
  }),
  unread: [],
};

describe('dialTablets', () => {
  it('asks every tablet, a limited number at a time', async () => {
    let most = 0;
    let now = 0;
    const dialer: TabletDialer = {
      dial: async (_tablet, { signal }) => {
        most = Math.max(most, ++now);
        await delay(1, undefined, { signal });
        now--;
        return { status: 'answers' };
      },
    };
    const { signal } = new AbortController();
    const answers = await dialTablets([shard], dialer, { signal, timeoutMs: 1000 });
    assert.deepEqual([...answers.keys()].sort(), aliases);
    assert.ok([...answers.values()].every(({ status }) => status === 'answers'));
    assert.equal(most, 64);
  });

  it('calls no tablet silent that the time was over for, and keeps what answered and what was silent before', async () => {
    const over = new AbortController();
    const dialer: TabletDialer = {
      dial: async ({ alias }, { signal }) => {
        if (alias === aliases[0]) return { status: 'answers' };
        if (alias === aliases[1]) return { status: 'silent', reason: 'refused' };
        await delay(10_000, undefined, { signal }).catch(() => undefined);
        return { status: 'silent', reason: 'cancelled' };
      },
    };
    setTimeout(() => {
      over.abort();
    }, 20);
    const answers = await dialTablets([shard], dialer, { signal: over.signal, timeoutMs: 1000 });
    const statuses = aliases.map((alias) => answers.get(alias)?.status);
    assert.deepEqual(statuses.slice(0, 2), ['answers', 'silent']);
    assert.deepEqual(new Set(statuses.slice(2)), new Set(['out-of-time']));
  });
});
