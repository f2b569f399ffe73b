import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SwitchRecord } from '../../src/switch/switchModel.ts';
import { loadCapture } from '../harness/capture.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { eventsOf, reverseAll, TrafficVtctld } from '../harness/trafficVtctld.ts';
import { clear } from '../topology/etcdWorld.ts';
import { vitessTopo, type Ran } from './vitessTopo.ts';

const switched = path.join(import.meta.dirname, '../captures/04-all-switched');
const isRecord = ({ record }: { readonly record: { readonly path: string } }): boolean =>
  !record.path.includes('/locks/');

interface Printed {
  readonly precheck: { readonly safe: boolean };
  readonly dryRun: readonly string[] | null;
  readonly run: SwitchRecord | null;
}

describe('vitess-topo switch and reverse', function () {
  this.timeout(60_000);
  let etcd: EtcdServer;
  let vtctld: TrafficVtctld;
  let history: string;

  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());
  beforeEach(async () => {
    await clear(etcd);
    await loadCapture(etcd, switched, { cellAddress: etcd.address });
    vtctld = await TrafficVtctld.start(etcd, 'customer');
    history = await mkdtemp(path.join(tmpdir(), 'vitess-topo-switch-'));
  });
  afterEach(async () => {
    vtctld.stop();
    await rm(history, { recursive: true, force: true });
  });

  const run = (command: string, ...more: string[]): Promise<Ran> =>
    vitessTopo(
      [
        command,
        'customer.commerce2customer',
        '--etcd',
        etcd.address,
        '--vtctld',
        vtctld.address,
        '--history',
        history,
        ...more,
      ],
      { style: { colour: false, width: 100 } },
    );
  const json = async (command: string, ...more: string[]): Promise<Printed & Pick<Ran, 'exitCode' | 'err'>> => {
    const { out, exitCode, err } = await run(command, '--yes', '--format', 'json', ...more);
    return { ...(JSON.parse(out) as Printed), exitCode, err };
  };

  it('shows the pre-check and the dry run and switches nothing with --plan', async () => {
    const { exitCode, out } = await run('reverse', '--plan');
    assert.equal(exitCode, 0, out);
    assert.match(out, /ReverseTraffic on commerce\.commerce2customer_reverse/);
    assert.match(out, /vtctld would\n {2}Switch reads for tables \[corder,customer\] to keyspace commerce/);
    assert.match(out, /Nothing was switched: this is only the plan\./);
    assert.deepEqual(
      vtctld.requests.map(({ dryRun }) => dryRun),
      [true],
    );
  });

  it('reverses and switches back, telling each change as it comes and verifying what it left', async () => {
    const back = await run('reverse', '--yes');
    assert.equal(back.exitCode, 0, back.out + back.err);
    assert.match(back.out, /Switched, and verified by reading everything again\./);
    assert.match(back.out, /commerce serves corder and customer now \(primary, replica and rdonly\)/);
    assert.match(back.err, /commerce\/0 no longer denies corder and customer/);
    assert.match(back.err, /SrvVSchema/);
    const forth = await json('switch');
    assert.equal(forth.exitCode, 0, forth.err);
    assert.equal(forth.run?.verdict, 'switched');
    assert.equal(forth.run.events.length, eventsOf({ direction: 0 }).length);
    const [request] = vtctld.requests.slice(-1);
    assert.equal(request?.keyspace, 'customer');
    assert.equal(request.workflow, 'commerce2customer');
    assert.equal(request.enableReverseReplication, true);
  });

  it('saves the record and the topology as it was, which the same commands read', async () => {
    const { run: record } = await json('reverse');
    assert.ok(record?.snapshot);
    const saved = JSON.parse(await readFile(path.join(record.snapshot, '../switch.json'), 'utf8')) as SwitchRecord;
    assert.deepEqual(saved, record);
    const { out } = await vitessTopo(['status', '--snapshot', record.snapshot, '--format', 'json']);
    assert.match(out, /"trafficState": "All Reads Switched\. Writes Switched"/);
  });

  it('asks for what it names, and switches nothing without a yes', async () => {
    let question = '';
    const { exitCode } = await vitessTopo(
      [
        'reverse',
        'customer.commerce2customer',
        '--etcd',
        etcd.address,
        '--vtctld',
        vtctld.address,
        '--history',
        history,
        '--tablet-types',
        'rdonly,replica',
        '--cells',
        'zone1',
      ],
      {
        ask: (words) => {
          question = words;
          return Promise.resolve(false);
        },
      },
    );
    assert.equal(exitCode, 1);
    assert.match(
      question,
      /^ReverseTraffic: move replica and rdonly traffic of corder and customer from customer to commerce in zone1\?/,
    );
    assert.equal(vtctld.requests.length, 1);
  });

  it('starts nothing where the pre-check finds something in the way', async () => {
    await etcd.client.put('/vitess/global/keyspaces/commerce/locks/123').value('{}').exec();
    const { exitCode, precheck, dryRun, run: record } = await json('reverse');
    assert.deepEqual([exitCode, precheck.safe, dryRun, record], [1, false, null, null]);
    assert.equal(vtctld.requests.length, 0);
  });

  it('starts nothing where vtctld is down: its workflows are not known', async () => {
    vtctld.stop();
    const { exitCode, run: record } = await json('reverse');
    assert.deepEqual([exitCode, record], [2, null]);
  });

  it('ends at what diagnose finds, wherever vtctld gives up', async function () {
    this.timeout(300_000);
    for (const [command, direction] of [
      ['reverse', 1],
      ['switch', 0],
    ] as const) {
      const events = eventsOf({ direction });
      const first = events.findIndex(isRecord);
      const last = events.findLastIndex(isRecord);
      for (let point = 0; point < events.length; point++) {
        await clear(etcd);
        await loadCapture(etcd, switched, { cellAddress: etcd.address });
        if (command === 'switch') await reverseAll(etcd);
        vtctld.serving = command === 'switch' ? 'commerce' : 'customer';
        vtctld.script = async () => {
          await vtctld.play(events.slice(0, point));
          await vtctld.giveUp();
        };
        const { run: record, exitCode, err } = await json(command);
        const expected = point <= first ? 'unchanged' : point > last ? 'switched' : 'contradictory';
        assert.equal(
          record?.verdict,
          expected,
          `${command} ended after ${point} writes: ${err} ${record?.message ?? ''}`,
        );
        assert.equal(exitCode, expected === 'switched' ? 0 : 1);
        const found = await vitessTopo(['diagnose', '--etcd', etcd.address, '--format', 'json']);
        const { findings } = JSON.parse(found.out) as { findings: { code: string; severity: string }[] };
        assert.deepEqual(
          record.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code),
          findings.filter(({ severity }) => severity === 'error').map(({ code }) => code),
          `${command} ended after ${point} writes`,
        );
      }
    }
  });

  it('follows a vtctld that is killed to its end before it judges', async () => {
    vtctld.script = async () => {
      await vtctld.play(eventsOf({ direction: 1 }).slice(0, 12));
      await vtctld.die();
    };
    const { run: record, exitCode } = await json('reverse');
    assert.equal(exitCode, 1);
    assert.equal(record?.answer?.status, 'lost');
    assert.equal(record.verdict, 'contradictory');
    assert.equal(record.findings[0]?.code, 'serving-side-denied');
    assert.match(record.message ?? '', /The streams of customer and commerce were not checked/);
  });
});
