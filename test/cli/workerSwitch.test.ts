import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runWorker } from '../../src/cli/worker.ts';
import { switchFromJson } from '../../src/history/switchText.ts';
import { loadedValue } from '../../src/model/reading.ts';
import type { SwitchRecord } from '../../src/switch/switchModel.ts';
import { loadCapture } from '../harness/capture.ts';
import { startEtcd, type EtcdServer } from '../harness/etcd.ts';
import { eventsOf, TrafficVtctld } from '../harness/trafficVtctld.ts';
import { wholeReverse } from '../support/switchWorld.ts';

interface Message {
  readonly kind: string;
  readonly run?: unknown;
  readonly message?: string;
}

describe('the worker of a guarded switch', function () {
  this.timeout(60_000);
  const auth = { user: 'ein-benutzer', password: 'geheimes-passwort' };
  let etcd: EtcdServer;
  let vtctld: TrafficVtctld;
  let historyFolder: string;
  before(async () => {
    etcd = await startEtcd();
    const capture = path.join(import.meta.dirname, '../captures/04-all-switched');
    await loadCapture(etcd, capture, { cellAddress: etcd.address });
    vtctld = await TrafficVtctld.start(etcd, 'customer', { auth });
    historyFolder = await mkdtemp(path.join(tmpdir(), 'vitess-topo-worker-'));
  });
  after(async () => {
    vtctld.stop();
    await etcd.stop();
    await rm(historyFolder, { recursive: true, force: true });
  });

  const request = (more: object = {}): string =>
    JSON.stringify({
      kind: 'switch',
      topology: { endpoints: [etcd.address], root: '/vitess/global' },
      vtctld: { address: vtctld.address, ...auth },
      connection: 'staging',
      request: wholeReverse,
      historyFolder,
      ...more,
    });
  const work = async (line: string): Promise<Message[]> => {
    const output = new PassThrough();
    const said = text(output);
    await runWorker({ input: Readable.from([`${line}\n`]), output, signal: new AbortController().signal });
    return (await said)
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one) as Message);
  };
  const recordOf = (message: Message | undefined): SwitchRecord | undefined =>
    loadedValue(switchFromJson(message?.run));

  it('says what is wrong with a request, and repeats no password', async () => {
    for (const [more, words] of [
      [{ vtctld: { address: 'nowhere', ...auth } }, /request\.vtctld\.address is not HOST:PORT/],
      [
        { request: { ...wholeReverse, tabletTypes: ['primary', 'spare'] } },
        /request\.request\.tabletTypes\[1\] is not/,
      ],
      [{ plan: {} }, /request has a field "plan" that is not known/],
      [{ kind: 'other' }, /request\.kind is not repair, undo, switch/],
    ] as const) {
      const [message] = await work(request(more));
      assert.equal(message?.kind, 'failed');
      assert.match(message.message ?? '', words);
      assert.doesNotMatch(JSON.stringify(message), /geheimes/);
    }
    assert.equal(vtctld.requests.length, 0);
  });

  it('switches, tells each change as a record that the other side reads, and ends with the verdict', async () => {
    const messages = await work(request());
    const last = messages.at(-1);
    assert.equal(last?.kind, 'end');
    const record = recordOf(last);
    assert.equal(record?.verdict, 'switched');
    assert.equal(record.connection, 'staging');
    assert.equal(record.events.length, eventsOf({ direction: 1 }).length);
    for (const message of messages.slice(0, -1)) assert.ok(recordOf(message), JSON.stringify(message));
    const file = path.join(historyFolder, 'switches', record.id, 'switch.json');
    const saved = await readFile(file, 'utf8');
    assert.deepEqual(JSON.parse(saved), last.run);
    assert.doesNotMatch(saved, /geheimes/);
  });
});
