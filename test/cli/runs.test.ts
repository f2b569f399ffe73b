import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ShardSchema } from '../../src/records/gen/topodata_pb.js';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { RepairWorld } from './repairWorld.ts';

const program = path.join(import.meta.dirname, '../../src/cli/main.ts');
const source = 'zone1-0000000100';
const sourceKey = '/vitess/global/keyspaces/commerce/shards/0/Shard';

interface Begun {
  readonly child: ChildProcess;
  /** Its exit code. */
  readonly exited: Promise<number | null>;
  readonly said: () => string;
}

describe('recorded runs of vitess-topo', function () {
  this.timeout(60_000);
  let etcd: EtcdServer;
  let world: RepairWorld;
  const children: ChildProcess[] = [];

  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());
  beforeEach(async () => {
    world = await RepairWorld.start(etcd, '12-reverse-vtctld-killed');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await world.stop();
  });

  /** A repair in a process of its own that waits in this step for a tablet to answer: the source's, to confirm, unless another is named. */
  async function startRepair(step = '3/5 Confirm what is denied', slow = source): Promise<Begun> {
    await world.tablets.get(slow).setFault({ slowMs: 3000 });
    const args = ['repair', '--yes', '--etcd', etcd.endpoint, '--history', world.historyFolder];
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    const exited = once(child, 'exit').then(([code]) => code as number | null);
    // The plan names the step too: only the line of its progress has its number.
    while (!said.includes(step)) {
      if (child.exitCode !== null) throw new Error(`the repair ended: ${said}`);
      await delay(20);
    }
    return { child, exited, said: () => said };
  }

  it('takes a repair back byte for byte, and says that there is nothing more to take back', async () => {
    const before = await world.records();
    assert.equal((await world.run(['repair', '--yes'])).exitCode, 0);
    const repaired = await world.records();
    const shown = await world.run(['undo', '--plan']);
    assert.equal(shown.exitCode, 0);
    assert.match(shown.out.replace(/\s+/g, ' '), /This restores what the run found/);
    assert.deepEqual(await world.records(), repaired);
    const { exitCode, out } = await world.run(['undo', '--yes']);
    assert.equal(exitCode, 0, out);
    assert.deepEqual(await world.records(), before);

    const again = await world.run(['undo', '--yes']);
    assert.equal(again.exitCode, 1);
    assert.match(again.out, /is an undo itself/);
    const [undo, repair] = await world.runs();
    assert.equal(undo?.undoes, repair?.id);
    assert.equal((await world.run(['undo', undo?.id ?? '', '--yes'])).exitCode, 0);
    assert.deepEqual(await world.records(), repaired);
  });

  it('refuses to take back what somebody changed since', async () => {
    assert.equal((await world.run(['repair', '--yes'])).exitCode, 0);
    await world.edit(sourceKey, ShardSchema, (shard) => {
      shard.isPrimaryServing = false;
    });
    const before = await world.records();
    const { exitCode, out } = await world.run(['undo', '--yes']);
    assert.equal(exitCode, 1);
    assert.match(out, /keyspaces\/commerce\/shards\/0\/Shard changed since this run wrote it/);
    assert.deepEqual(await world.records(), before);
  });

  it('has nothing to take back before the first run, and knows no other run', async () => {
    const none = await world.run(['undo', '--yes']);
    assert.equal(none.exitCode, 1);
    assert.match(none.out, /No run in .* changed/);
    const unknown = await world.run(['undo', '20260101T000000000Z-000000000000', '--yes']);
    assert.equal(unknown.exitCode, 2);
    assert.match(unknown.err, /it is not there/);
  });

  it('lists the runs, newest first, and says what cannot be read', async () => {
    assert.match((await world.run(['history'])).out, /No run is recorded/);
    await world.run(['repair', '--yes']);
    await world.run(['undo', '--yes']);
    const [undo, repair] = await world.runs();
    const { exitCode, out } = await world.run(['history']);
    assert.equal(exitCode, 0);
    const ids = out
      .split('\n')
      .flatMap((line) => /^\S+ {2}(?:repair|undo of \S+) {2}done$/.exec(line)?.[0].split(' ')[0] ?? []);
    assert.deepEqual(ids, [undo?.id, repair?.id]);
    const { runs } = JSON.parse((await world.run(['history', '--format', 'json'])).out) as {
      runs: { id: string; died: string | null; who: { hostName: string } }[];
    };
    assert.deepEqual(
      runs.map(({ id, died, who }) => [id, died, who.hostName]),
      [
        [undo?.id, null, hostname()],
        [repair?.id, null, hostname()],
      ],
    );
    await writeFile(path.join(world.historyFolder, '20260101T000000000Z-000000000000.json'), '{');
    const broken = await world.run(['history']);
    assert.equal(broken.exitCode, 2);
    assert.match(broken.out, /20260101T000000000Z-000000000000 {2}unreadable: it is not JSON/);
  });

  it('names a run that was killed, and the next repair finishes it', async () => {
    const { child, exited } = await startRepair();
    child.kill('SIGKILL');
    await exited;
    await world.tablets.get(source).setFault(undefined);
    const [died] = await world.runs();
    assert.equal(died?.status, 'running');
    const listed = await world.run(['history']);
    assert.match(listed.out, new RegExp(`died; run "vitess-topo repair" to finish, or "vitess-topo undo ${died.id}"`));
    // Nobody renews the killed run's lease: its locks go with it.
    await world.expireLocks();
    const next = await world.run(['repair', '--yes']);
    assert.match(next.err, new RegExp(`Run ${died.id}: .* ended without a result`));
    assert.equal(next.exitCode, 0, next.out);
    assert.deepEqual(await world.errors(), []);
    assert.doesNotMatch((await world.run(['repair', '--yes'])).err, /ended without a result/);
  });

  it('refreshes tablets that a killed run did not come to, where the records are right already', async () => {
    const slow = world.tablets.of('customer', '-80')[0] ?? assert.fail('no tablet');
    const { child, exited } = await startRepair('5/5 Apply what is allowed', slow.alias);
    child.kill('SIGKILL');
    await exited;
    // It is restored from memory of before the run, as a tablet is whose call never came.
    await slow.setFault(undefined);
    slow.denied = ['corder', 'customer'];
    await world.expireLocks();
    assert.deepEqual(await world.errors(), []);
    const [died] = await world.runs();
    const records = await world.records();

    const listed = await world.run(['history']);
    assert.match(
      listed.out.replace(/\s+/g, ' '),
      /Tablets may not know yet what was written: "vitess-topo repair" refreshes them/,
    );
    const shown = await world.run(['repair', '--plan']);
    assert.equal(shown.exitCode, 0);
    assert.match(shown.out, /1\. Refresh tablets on customer\/-80 and customer\/80-/);
    const elsewhere = await world.run(['repair', '--plan', '--finding', 'stale-srv-vschema:zone1/SrvVSchema']);
    assert.match(elsewhere.out, /Nothing to repair/);
    assert.match(elsewhere.err, /Not part of this repair: .*RefreshStateByShard customer\/-80/);

    let asked = '';
    const ask = (question: string): Promise<boolean> => {
      asked = question;
      return Promise.resolve(true);
    };
    const next = await world.run(['repair'], { ask });
    assert.equal(next.exitCode, 0, next.out);
    assert.match(asked, /^Repair tablets of 2 shards in keyspace customer\?/);
    assert.match(next.err, new RegExp(`Run ${died?.id}: .* ended without a result`));
    assert.deepEqual(slow.denied, []);
    assert.deepEqual(await world.records(), records);
    const [refreshed] = await world.runs();
    assert.deepEqual([refreshed?.status, refreshed?.plan.steps.map(({ kind }) => kind)], ['done', ['refresh']]);

    const again = await world.run(['repair', '--yes']);
    assert.match(again.out, /Nothing to repair/);
    assert.doesNotMatch(again.err, /ended without a result/);
  });

  it('plans without the history of runs where that cannot be read, and says so', async () => {
    const { exitCode, out, err } = await world.run(['repair', '--plan', '--history', '/dev/null/history']);
    assert.equal(exitCode, 0);
    assert.match(out, /3\. Confirm what is denied/);
    assert.match(err, /cannot be read: .*What earlier runs left is not part of this plan/);
  });

  it('takes back a run that was killed', async () => {
    const before = await world.records();
    const { child, exited } = await startRepair();
    child.kill('SIGKILL');
    await exited;
    await world.tablets.get(source).setFault(undefined);
    assert.notDeepEqual(await world.records(), before);
    await world.expireLocks();
    const { exitCode, out } = await world.run(['undo', '--yes']);
    assert.equal(exitCode, 0, out);
    assert.deepEqual(await world.records(), before);
  });

  it('does not take back a run that is still going on', async () => {
    const { exited } = await startRepair();
    const { exitCode, out } = await world.run(['undo', '--yes']);
    assert.equal(exitCode, 1);
    assert.match(out, /is still running/);
    await exited;
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`ends at ${signal} as at a cancel, however often it comes`, async () => {
      const before = await world.records();
      const { child, exited, said } = await startRepair();
      child.kill(signal);
      await delay(200);
      child.kill(signal);
      assert.equal(await exited, 1, said());
      assert.match(said(), /Cancelled: it stops before the next step/);
      assert.match(said(), /It is finishing safely/);
      assert.deepEqual(await world.records(), before);
    });
  }

  it('goes on when its terminal is gone', async () => {
    const { child, exited } = await startRepair();
    child.stdout?.destroy();
    child.stderr?.destroy();
    assert.equal(await exited, 0);
    assert.deepEqual(await world.errors(), []);
  });
});
