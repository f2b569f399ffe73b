import assert from 'node:assert/strict';
import type { Clock, ShardTablets } from '../../src/repair/ports.ts';
import { WaitingRefresher } from '../../src/vtctld/waitingRefresher.ts';

const shard: ShardTablets = {
  keyspace: 'customer',
  shard: '-80',
  primaryAlias: 'zone1-0000000200',
  tablets: [
    { alias: 'zone1-0000000200', cell: 'zone1', hostname: '', grpcPort: undefined, type: 'PRIMARY', isPrimary: true },
  ],
  unread: [],
};

/** A clock on which waiting takes no time. */
class FastClock implements Clock {
  milliseconds = 5000;
  onWait: () => void = () => undefined;

  now(): number {
    return this.milliseconds;
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.milliseconds += milliseconds;
    this.onWait();
    return signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve();
  }
}

describe('WaitingRefresher', () => {
  const command =
    'vtctldclient --server "$VTCTLD" RefreshStateByShard customer/-80 | awk \'1; /partial/ {p=1} END {exit p || !NR}\'';

  it('waits in steps of a second, saying what is left and what to run', async () => {
    const clock = new FastClock();
    const words: string[] = [];
    const refresher = new WaitingRefresher({ seconds: 2.5, waitConfirms: true }, clock);
    const [refreshed] = await refresher.refresh([shard], {
      signal: new AbortController().signal,
      timeoutMs: 1,
      onProgress: (text) => void words.push(text),
    });
    assert.equal(clock.milliseconds, 7500);
    assert.deepEqual(words, [
      `Run now, with VTCTLD as the address of vtctld: ${command}`,
      'waiting for the tablets: 3 s left',
      'waiting for the tablets: 2 s left',
      'waiting for the tablets: 1 s left',
    ]);
    assert.deepEqual(refreshed, {
      keyspace: 'customer',
      shard: '-80',
      tablets: [{ alias: 'zone1-0000000200', type: 'PRIMARY', outcome: { status: 'waited', seconds: 2.5 } }],
      primaryConfirmed: true,
      notes: [`Nothing asked the tablets of customer/-80 to read their Shard record. Run: ${command}`],
    });
  });

  it('does not count a wait as a confirmation unless it was told to', async () => {
    const refresher = new WaitingRefresher({ seconds: 65, waitConfirms: false }, new FastClock());
    const options = { signal: new AbortController().signal, timeoutMs: 1 };
    const [refreshed] = await refresher.refresh([shard], options);
    assert.equal(refreshed?.tablets[0]?.outcome.status, 'waited');
    assert.equal(refreshed.primaryConfirmed, false);
  });

  it('ends when it is cancelled, and confirms nothing then', async () => {
    const clock = new FastClock();
    const controller = new AbortController();
    clock.onWait = () => {
      if (clock.milliseconds >= 8000) controller.abort();
    };
    const refresher = new WaitingRefresher({ seconds: 65, waitConfirms: true }, clock);
    const [refreshed] = await refresher.refresh([shard], { signal: controller.signal, timeoutMs: 1 });
    assert.deepEqual(refreshed?.tablets[0]?.outcome, {
      status: 'failed',
      reason: 'The wait was cancelled after 3 of 65 s.',
    });
    assert.equal(refreshed.primaryConfirmed, false);
  });
});
