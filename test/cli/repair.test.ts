import assert from 'node:assert/strict';
import path from 'node:path';
import { planChanges } from '../../src/model/plan.ts';
import { recordName } from '../../src/model/record.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import type { JournalEntry } from '../harness/tablet.ts';
import { startVtctld } from '../harness/vtctldStandIn.ts';
import { RepairWorld } from './repairWorld.ts';
import { vitessTopo } from './vitessTopo.ts';

const capture = '12-reverse-vtctld-killed';
const folder = path.join(import.meta.dirname, '../captures', capture);
/** The primaries of commerce/0, and of customer/-80 and customer/80-, which the routing rules serve. */
const source = 'zone1-0000000100';
const targets = ['zone1-0000000200', 'zone1-0000000300'];

interface Printed {
  readonly plan: {
    readonly steps: readonly {
      readonly kind: string;
      readonly phase?: string;
      readonly title: string;
      readonly changes?: readonly Record<string, unknown>[];
    }[];
    readonly keyspaces: readonly string[];
    readonly tables: readonly string[];
    readonly cells: readonly string[];
  } | null;
  readonly refusals: readonly { readonly reason: string; readonly commands: string }[];
  readonly run: { readonly id: string; readonly status: string; readonly steps: readonly object[] } | null;
}

describe('vitess-topo repair', function () {
  this.timeout(60_000);
  let etcd: EtcdServer;
  let world: RepairWorld;

  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());
  beforeEach(async () => {
    world = await RepairWorld.start(etcd, capture);
  });
  afterEach(() => world.stop());

  it('repairs what was asked, changes nothing else, and then finds nothing to do', async () => {
    const before = await world.records();
    const { exitCode, out, err } = await world.run(['repair', '--yes']);
    assert.equal(exitCode, 0, err);
    assert.match(out, /Done, and verified/);
    const { findings } = (await world.judged()).diagnosed;
    assert.deepEqual(findings, []);
    const [run] = await world.runs();
    assert.ok(run);
    const planned = new Set(planChanges(run.plan).map(({ record }) => recordName(record)));
    const after = await world.records();
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      (key) => before.get(key) !== after.get(key),
    );
    assert.deepEqual(new Set(changed.map((key) => key.replace(/^\/vitess\/(global\/)?/, ''))), planned);

    const again = await world.run(['repair', '--yes']);
    assert.equal(again.exitCode, 0);
    assert.match(again.out, /Nothing to repair\./);
    assert.deepEqual(await world.records(), after);
    assert.equal((await world.runs()).length, 1);
  });

  it('tells no primary of the serving side to allow before every primary of the other side has confirmed', async () => {
    await world.tablets.get(source).setFault({ slowMs: 500 });
    const begun = world.tablets.journal.length;
    assert.equal((await world.run(['repair', '--yes'])).exitCode, 0);
    const journal = world.tablets.journal.slice(begun);
    const denied = journal.findIndex(({ alias, denies }) => alias === source && denies.length > 0);
    assert.ok(denied >= 0);
    const allowed = (entry: JournalEntry): boolean => targets.includes(entry.alias) && entry.denies.length === 0;
    for (const target of targets) assert.ok(journal.some((entry) => entry.alias === target && allowed(entry)));
    assert.ok(!journal.slice(0, denied).some(allowed));
  });

  it('takes back what it denied when a primary does not confirm, says which, and goes on when that is forced', async () => {
    await world.tablets.get(source).setFault('error');
    const before = await world.records();
    const { exitCode, out } = await world.run(['repair', '--yes']);
    assert.equal(exitCode, 1);
    assert.match(out, /Not repaired: what was written was taken back\./);
    assert.match(out.replace(/\s+/g, ' '), /zone1-0000000100/);
    assert.deepEqual(await world.records(), before);
    const forced = await world.run(['repair', '--yes', '--force', 'commerce']);
    assert.equal(forced.exitCode, 0, forced.out);
    assert.deepEqual(await world.errors(), []);
  });

  it('shows a plan and changes nothing, in text and as JSON', async () => {
    const before = await world.records();
    const { exitCode, out } = await world.run(['repair', '--plan']);
    assert.equal(exitCode, 0);
    assert.match(out, /^ {3}\+ +"corder",$/m);
    assert.match(out, /^ {3}- +"tablet_controls": \[$/m);
    assert.match(out, /locks on internal\/named_locks\/commerce\/commerce2customer_reverse/);
    assert.match(out, /Nothing was changed/);
    const printed = JSON.parse((await world.run(['repair', '--plan', '--format', 'json'])).out) as Printed;
    assert.ok(printed.plan);
    assert.equal(printed.run, null);
    assert.deepEqual(
      printed.plan.steps.map(({ kind, phase }) => phase ?? kind),
      ['release-locks', 'deny', 'refresh', 'allow', 'refresh'],
    );
    const [change] = printed.plan.steps[1]?.changes ?? [];
    assert.deepEqual(Object.keys(change ?? {}), ['record', 'before', 'after', 'why']);
    assert.deepEqual(
      (change?.['after'] as { tablet_controls: { denied_tables: string[] }[] }).tablet_controls[0]?.denied_tables,
      ['corder', 'customer'],
    );
    assert.deepEqual(
      [printed.plan.keyspaces, printed.plan.tables, printed.plan.cells],
      [['commerce', 'customer'], ['corder', 'customer'], ['zone1']],
    );
    assert.deepEqual(await world.records(), before);
    assert.deepEqual(await world.runs(), []);
  });

  it('paints the diff on a terminal', async () => {
    const { out } = await world.run(['repair', '--plan'], { style: { colour: true, width: 80 } });
    assert.ok(out.includes('\u001b[32m+'));
    assert.ok(out.includes('\u001b[31m-'));
  });

  it('prints what was done as JSON', async () => {
    const { exitCode, out } = await world.run(['repair', '--yes', '--format', 'json']);
    const { run, plan } = JSON.parse(out) as Printed;
    assert.equal(exitCode, 0);
    assert.ok(run && plan);
    assert.equal(run.status, 'done');
    assert.deepEqual(
      run.steps.map((step) => (step as { status: string }).status),
      plan.steps.map(() => 'done'),
    );
  });

  it('asks by naming keyspaces, tables and cells, and takes anything but a yes for a no', async () => {
    const before = await world.records();
    const questions: string[] = [];
    const answer = (yes: boolean) => ({
      ask: (question: string) => {
        questions.push(question);
        return Promise.resolve(yes);
      },
    });
    const { exitCode, err } = await world.run(['repair'], answer(false));
    assert.equal(exitCode, 1);
    assert.match(err, /Nothing was changed/);
    assert.match(
      questions[0] ?? '',
      /^Repair 4 records and 3 locks of others' in keyspaces commerce and customer, of tables corder and customer, in cell zone1\? \[y\/N\] $/,
    );
    assert.deepEqual(await world.records(), before);
    assert.equal((await world.run(['repair'], answer(true))).exitCode, 0);
    assert.deepEqual(await world.errors(), []);
  });

  it('needs --yes where nobody can be asked', async () => {
    const before = await world.records();
    for (const args of [['repair'], ['repair', '--format', 'json']]) {
      const { exitCode, err } = await world.run(args);
      assert.equal(exitCode, 2);
      assert.match(err, /--yes/);
    }
    assert.deepEqual(await world.records(), before);
    assert.deepEqual(await world.runs(), []);
  });

  it('stops at an interrupt before the next step, says so, and never ends in the middle', async () => {
    const before = await world.records();
    await world.tablets.get(source).setFault({ slowMs: 1500 });
    const interrupted = new AbortController();
    let interrupt: ((times: number) => void) | undefined;
    const running = world.run(['repair', '--yes'], {
      signal: interrupted.signal,
      shield: (onInterrupt) => {
        interrupt = onInterrupt;
        return () => undefined;
      },
    });
    while (world.tablets.get(source).denied.length === 0 && !(await hasKey('commerce/shards/0', 'corder'))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    interrupted.abort();
    interrupt?.(1);
    interrupt?.(2);
    const { exitCode, out, err } = await running;
    assert.equal(exitCode, 1);
    assert.match(err, /Cancelled: it stops before the next step/);
    assert.match(err, /It is finishing safely/);
    assert.match(out, /taken back/);
    assert.deepEqual(await world.records(), before);
  });

  async function hasKey(place: string, text: string): Promise<boolean> {
    const value = await etcd.client.get(`/vitess/global/keyspaces/${place}/Shard`).string();
    return value?.includes(text) ?? false;
  }

  it('repairs one keyspace, one move or one finding, and refuses names that are not there', async () => {
    const { moves } = (await world.judged()).diagnosed;
    for (const args of [
      ['--keyspace', 'customer'],
      ['--move', moves[0]?.id ?? ''],
      ['--finding', 'serving-side-denied:keyspaces/customer/shards/-80/Shard'],
    ]) {
      const { exitCode, out } = await world.run(['repair', '--plan', ...args]);
      assert.equal(exitCode, 0, out);
      assert.match(out, /serving-side-denied {2}keyspaces\/customer\/shards\/-80\/Shard/);
    }
    for (const args of [
      ['--keyspace', 'custmer'],
      ['--move', 'customer.gone'],
    ]) {
      const { exitCode, err } = await world.run(['repair', '--plan', ...args]);
      assert.equal(exitCode, 2);
      assert.match(err, /There is no (keyspace custmer|move customer\.gone)\. There are /);
    }
    const gone = await world.run(['repair', '--yes', '--finding', 'split-routing:RoutingRules']);
    assert.equal(gone.exitCode, 0);
    assert.match(gone.out, /Nothing to repair/);
  });

  it('turns a move to another keyspace, with the warning that this needs', async () => {
    const args = ['repair', '--direction', 'serve-from:commerce'];
    assert.match((await world.run([...args, '--plan'])).out, /^! /m);
    const { exitCode, out } = await world.run([...args, '--yes']);
    assert.equal(exitCode, 0, out);
    const [move] = (await world.judged()).diagnosed.moves;
    const primaries = move?.matrix.filter(({ type }) => type === 'primary') ?? [];
    assert.equal(primaries.length, 2);
    for (const { servedBy } of primaries) assert.deepEqual(servedBy, { kind: 'keyspace', keyspace: 'commerce' });
    assert.deepEqual(await world.errors(), []);
  });

  it('has vtctld refresh the tablets', async () => {
    const vtctld = await startVtctld({ tablets: world.tablets, auth: { user: 'me', password: 'pw' } });
    try {
      const args = ['repair', '--yes', '--vtctld', `127.0.0.1:${vtctld.server.port}`, '--vtctld-user', 'me'];
      const { exitCode, out, err } = await world.run(args, { credentials: { VITESS_TOPO_VTCTLD_PASSWORD: 'pw' } });
      assert.equal(exitCode, 0, `${out}${err}`);
      assert.deepEqual(world.tablets.get(source).denied, ['corder', 'customer']);
    } finally {
      vtctld.stop();
    }
  });

  it('takes a wait for a confirmation only when it is told that waiting confirms', async () => {
    const before = await world.records();
    const wait = ['repair', '--yes', '--tablets', 'wait', '--tablet-wait', '1s'];
    const { exitCode, err } = await world.run(wait);
    assert.equal(exitCode, 1);
    assert.match(err, /RefreshStateByShard commerce\/0/);
    assert.deepEqual(await world.records(), before);
    assert.equal((await world.run([...wait, '--tablet-wait-confirms'])).exitCode, 0);
    assert.deepEqual(await world.errors(), []);
  });

  it('waits for tablets longer than it may read', async () => {
    await world.tablets.get(source).setFault({ slowMs: 3000 });
    const { exitCode, out } = await world.run(['repair', '--yes', '--timeout', '2s']);
    assert.equal(exitCode, 0, out);
  });

  it('changes nothing where it cannot record the run, and says so', async () => {
    const before = await world.records();
    const noFolder = await world.run(['repair', '--yes', '--history', '/dev/null/history']);
    assert.equal(noFolder.exitCode, 2);
    assert.match(noFolder.err, /The history \/dev\/null\/history cannot be read/);
    const homeless = await world.run(['repair', '--yes'], { historyFolder: undefined });
    assert.equal(homeless.exitCode, 2);
    assert.match(homeless.err, /--history DIR/);
    assert.deepEqual(await world.records(), before);
  });

  it('exits 2 when the topology cannot be read', async () => {
    const { exitCode, out, err } = await vitessTopo(
      ['repair', '--yes', '--etcd', '127.0.0.1:1', '--timeout', '2s', '--format', 'json'],
      {
        historyFolder: world.historyFolder,
      },
    );
    assert.equal(exitCode, 2);
    assert.equal((JSON.parse(out) as { complete: boolean }).complete, false);
    assert.match(err, /127\.0\.0\.1:1/);
  });
});

describe('vitess-topo repair of a snapshot', () => {
  it('shows the plan with the warning that a folder cannot be changed', async () => {
    const { exitCode, out } = await vitessTopo(['repair', '--plan', '--snapshot', folder]);
    assert.equal(exitCode, 0);
    assert.match(out.replace(/\s+/g, ' '), /a folder cannot be changed/);
    assert.match(out, /3\. Allow tables/);
  });

  it('is refused', async () => {
    const { exitCode, err } = await vitessTopo(['repair', '--yes', '--snapshot', folder]);
    assert.equal(exitCode, 2);
    assert.match(err, /a snapshot cannot be changed/);
  });
});
