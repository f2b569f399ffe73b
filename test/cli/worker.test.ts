import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runWorker } from '../../src/cli/worker.ts';
import { runFromText, runToText } from '../../src/history/runText.ts';
import type { Plan } from '../../src/model/plan.ts';
import { planRepair } from '../../src/repair/planRepair.ts';
import { planUndo } from '../../src/repair/planUndo.ts';
import type { RunRecord } from '../../src/repair/ports.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { repairOfAll } from '../support/runWorld.ts';
import { RepairWorld } from './repairWorld.ts';

const program = path.join(import.meta.dirname, '../../src/cli/main.ts');
const source = 'zone1-0000000100';

interface Message {
  readonly kind: string;
  readonly run?: unknown;
  readonly words?: string;
  readonly message?: string;
}

/** The worker as a process, as the extension starts it. */
class Worker {
  readonly child: ChildProcessWithoutNullStreams;
  readonly messages: Message[] = [];
  said = '';
  private readonly watchers: (() => void)[] = [];

  constructor() {
    this.child = spawn(process.execPath, [program, 'worker'], { detached: true });
    this.child.stdin.on('error', () => undefined);
    this.child.stderr.on('data', (text: Buffer) => (this.said += text.toString()));
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.messages.push(JSON.parse(line) as Message);
      for (const look of this.watchers) look();
    });
  }

  send(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** Waits for a message. */
  until(isIt: (message: Message) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.messages.some(isIt)) resolve();
      };
      this.watchers.push(look);
      look();
    });
  }

  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  get last(): Message | undefined {
    return this.messages.at(-1);
  }

  /** The run that the last message tells. */
  get run(): RunRecord {
    return runOf(this.last);
  }
}

describe('the worker', function () {
  this.timeout(60_000);
  let etcd: EtcdServer;
  let world: RepairWorld;
  const workers: Worker[] = [];

  before(async () => {
    etcd = await startEtcd();
  });
  after(() => etcd.stop());
  beforeEach(async () => {
    world = await RepairWorld.start(etcd, '12-reverse-vtctld-killed');
  });
  afterEach(async () => {
    for (const { child } of workers.splice(0)) child.kill('SIGKILL');
    await world.stop();
  });

  function start(): Worker {
    const worker = new Worker();
    workers.push(worker);
    return worker;
  }

  async function repairPlan(): Promise<Plan> {
    const { plan } = planRepair(repairOfAll, await world.judged());
    assert.ok(plan);
    return plan;
  }

  function request(plan: Plan, more: object = {}): string {
    return JSON.stringify({
      topology: { endpoints: [etcd.endpoint], root: '/vitess/global' },
      tablets: { via: 'dial', waitSeconds: 60, waitConfirms: false },
      connection: 'production',
      plan: planJson(plan),
      kind: 'repair',
      forcedKeyspaces: [],
      historyFolder: world.historyFolder,
      ...more,
    });
  }

  /** Starts a repair that waits for a tablet, and returns when it does. */
  async function startSlowly(): Promise<Worker> {
    await world.tablets.get(source).setFault({ slowMs: 2000 });
    const worker = start();
    worker.send(request(await repairPlan()));
    await worker.until(({ run }) => runOf({ kind: '', run }).steps.some(isConfirming));
    return worker;
  }

  it('carries out a repair, and an undo of it byte for byte', async () => {
    const before = await world.records();
    const repair = start();
    repair.send(request(await repairPlan()));
    await repair.ended();
    assert.equal(repair.last?.kind, 'end', repair.last?.message);
    assert.equal(repair.run.status, 'done', repair.run.message);
    assert.equal(repair.run.connection, 'production');
    assert.deepEqual([repair.run.who.hostName, repair.run.who.processId], [hostname(), repair.child.pid]);
    assert.ok(repair.messages.some(({ words }) => words?.startsWith('Taking the lock on ')));
    assert.deepEqual(await world.errors(), []);

    const undo = planUndo(repair.run, await world.judged());
    assert.ok('plan' in undo);
    const worker = start();
    worker.send(request(undo.plan, { kind: 'undo', undoes: repair.run.id }));
    await worker.ended();
    assert.equal(worker.run.status, 'done', worker.run.message);
    assert.equal(worker.run.undoes, repair.run.id);
    assert.deepEqual(await world.records(), before);
    assert.equal(`${repair.said}${worker.said}`, '');
  });

  it('goes on when the window is gone', async () => {
    const worker = await startSlowly();
    worker.child.stdin.destroy();
    worker.child.stdout.destroy();
    worker.child.stderr.destroy();
    assert.equal(await worker.ended(), 0);
    assert.deepEqual(await world.errors(), []);
    assert.deepEqual(
      (await world.runs()).map(({ status }) => status),
      ['done'],
    );
  });

  it('goes on when the window hangs and reads no more', async () => {
    const worker = await startSlowly();
    worker.child.stdout.pause();
    await worker.ended();
    assert.deepEqual(await world.errors(), []);
  });

  it('is not ended in the middle of a step by signals of the terminal', async () => {
    const worker = await startSlowly();
    worker.child.kill('SIGHUP');
    worker.child.kill('SIGINT');
    await worker.ended();
    assert.equal(worker.run.status, 'done', worker.run.message);
  });

  for (const [how, stop] of [
    ['the line cancel', (worker: Worker) => worker.send('cancel')],
    ['SIGTERM', (worker: Worker) => void worker.child.kill('SIGTERM')],
  ] as const) {
    it(`stops at ${how} before the next step, and takes back what it denied`, async () => {
      const before = await world.records();
      const worker = await startSlowly();
      stop(worker);
      await worker.ended();
      assert.equal(worker.run.status, 'undone', worker.run.message);
      assert.deepEqual(await world.records(), before);
    });
  }

  it('goes on with a keyspace whose primary does not answer only when that is forced', async () => {
    const before = await world.records();
    await world.tablets.get(source).setFault('error');
    const plan = await repairPlan();
    const asked = start();
    asked.send(request(plan));
    await asked.ended();
    assert.equal(asked.run.status, 'undone', asked.run.message);
    assert.deepEqual(await world.records(), before);
    const forced = start();
    forced.send(request(await repairPlan(), { forcedKeyspaces: ['commerce'] }));
    await forced.ended();
    assert.equal(forced.run.status, 'done', forced.run.message);
  });

  it('says that it never started when the request is wrong, and writes nothing', async () => {
    const before = await world.records();
    const plan = await repairPlan();
    const wrong: [string, RegExp][] = [
      ['', /ended before the first line/],
      ['{"topology":\n', /not JSON/],
      ['{}', /kind is not repair, undo, switch/],
      ['{"kind":"repair"}', /topology is missing/],
      [request(plan, { historyFolder: 7 }), /historyFolder is not a text/],
      [request(plan, { kind: 'undo' }), /another purpose/],
      [request({ ...plan, revision: undefined }), /cannot be changed/],
      [request(plan, { tablets: { via: 'vtctld', waitSeconds: 60, waitConfirms: false } }), /vtctld is not HOST:PORT/],
      [request(plan, { topology: { endpoints: ['x'], root: '/' } }), /not an etcd address/],
      [
        request({ ...plan, purpose: { kind: 'undo', run: 'gone' } }, { kind: 'undo', undoes: 'gone' }),
        /The run gone .* cannot be read/,
      ],
    ];
    for (const [line, words] of wrong) assert.match(await refusal(line), words);
    assert.doesNotMatch(await refusal('{"topology":{"password":"s3cret"}'), /s3cret/);
    assert.deepEqual(await world.records(), before);
  });

  /** Why a request was never started. */
  async function refusal(input: string): Promise<string> {
    const output = new PassThrough();
    const ended = runWorker({ input: Readable.from([input]), output, signal: new AbortController().signal });
    const [said] = await Promise.all([text(output), ended]);
    const message = JSON.parse(said) as Message;
    assert.equal(message.kind, 'failed');
    return message.message ?? '';
  }
});

function isConfirming({ title, status }: RunRecord['steps'][number]): boolean {
  return status === 'running' && /confirm/i.test(title);
}

function runOf(message: Message | undefined): RunRecord {
  const run = runFromText(JSON.stringify(message?.run));
  assert.ok(run.status === 'loaded', `no run in ${JSON.stringify(message)}`);
  return run.value;
}

/** A plan as the history writes it. */
function planJson(plan: Plan): unknown {
  const who = { userName: '', hostName: '', processId: 0 };
  const common = { version: 1, id: '', startedAt: 0, status: 'running', topology: '', who, steps: [] } as const;
  return (JSON.parse(runToText({ ...common, kind: plan.purpose.kind, plan })) as { plan: unknown }).plan;
}
