import assert from 'node:assert/strict';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadCapture } from '../harness/capture.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { eventsOf, TrafficVtctld } from '../harness/trafficVtctld.ts';
import { vitessTopo } from './vitessTopo.ts';

const captures = path.join(import.meta.dirname, '../captures');

interface Line {
  readonly kind: string;
  readonly change?: string;
  readonly text?: string;
  readonly finding?: { readonly code: string };
}

describe('vitess-topo watch', function () {
  this.timeout(60_000);
  let etcd: EtcdServer;
  let vtctld: TrafficVtctld;
  beforeEach(async () => {
    etcd = await startEtcd();
    await loadCapture(etcd, path.join(captures, '04-all-switched'), { cellAddress: etcd.address });
    vtctld = await TrafficVtctld.start(etcd, 'customer');
  });
  afterEach(async () => {
    vtctld.stop();
    await etcd.stop();
  });

  /** Watches while something is done, from the moment that it has read on. */
  const watching = async (format: string, work: () => Promise<void>) => {
    const ended = new AbortController();
    let begun: () => void = () => undefined;
    const reading = new Promise<void>((resolve) => (begun = resolve));
    let out = '';
    const run = vitessTopo(['watch', '--etcd', etcd.address, '--format', format], {
      signal: ended.signal,
      out: (text) => {
        out += text;
        begun();
      },
    });
    await reading;
    await work();
    await delay(500);
    ended.abort();
    return { exitCode: (await run).exitCode, out };
  };

  it('tells each change of a reverse, what it breaks and what it mends', async () => {
    const events = eventsOf({ direction: 1 });
    const { exitCode, out } = await watching('json', () => vtctld.play(events));
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
    assert.equal(exitCode, 0);
    assert.equal(lines[0]?.kind, 'begin');
    assert.equal(lines.filter(({ kind }) => kind === 'change').length, events.length);
    const told = (change: string): string[] =>
      lines
        .filter((line) => line.kind === 'finding' && line.change === change)
        .map(({ finding }) => finding?.code ?? '');
    assert.ok(told('appeared').includes('serving-side-denied'));
    assert.deepEqual(new Set(told('gone')), new Set(told('appeared')));
  });

  it('prints a line for each change, and exits 1 when an error stands at its end', async () => {
    const { exitCode, out } = await watching('text', () => vtctld.play(eventsOf({ direction: 1 }).slice(0, 12)));
    assert.equal(exitCode, 1);
    assert.match(out, /revision \d+ {2}customer\/80- denies corder and customer\n {2}✗ error/);
    assert.match(out, /✗ error serving-side-denied/);
  });

  it('says since when it is stale, and exits 2 then', async () => {
    const { exitCode, out } = await watching('text', async () => {
      await etcd.kill();
      await delay(1500);
    });
    assert.equal(exitCode, 2);
    assert.match(out, /Stale since \d{4}-/);
  });

  it('ends by itself when it was given a time', async () => {
    const { exitCode } = await vitessTopo(['watch', '--etcd', etcd.address, '--for', '1s']);
    assert.equal(exitCode, 0);
  });

  it('refuses a snapshot, which does not change', async () => {
    const { exitCode, err } = await vitessTopo(['watch', '--snapshot', path.join(captures, '04-all-switched')]);
    assert.equal(exitCode, 2);
    assert.match(err, /a snapshot does not change: give --etcd/);
  });
});
