/** A captured topology in a real etcd with stand-in tablets, and the command line on it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { create, fromBinary, toBinary, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import type { CommandEnvironment } from '../../src/cli/environment.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { FileHistory } from '../../src/history/fileHistory.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import type { RunRecord } from '../../src/repair/ports.ts';
import type { JudgedTopology } from '../../src/repair/repairContext.ts';
import { EtcdTopology } from '../../src/topology/etcdTopology.ts';
import { loadCapture, type LoadOptions } from '../harness/capture.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { startTablets, type StandInTablets } from '../harness/tablet.ts';
import { clear } from '../topology/etcdWorld.ts';
import { vitessTopo, type Ran } from './vitessTopo.ts';

const captures = path.join(import.meta.dirname, '../captures');
const root = '/vitess/global';

export class RepairWorld {
  readonly etcd: EtcdServer;
  readonly tablets: StandInTablets;
  /** Where runs are recorded. */
  readonly historyFolder: string;

  private constructor(etcd: EtcdServer, tablets: StandInTablets, historyFolder: string) {
    this.etcd = etcd;
    this.tablets = tablets;
    this.historyFolder = historyFolder;
  }

  /** Puts a capture into an etcd, replacing all there is, and starts its tablets. Locks have no lease, so that they are abandoned from the start. */
  static async start(etcd: EtcdServer, capture: string, options: LoadOptions = {}): Promise<RepairWorld> {
    await clear(etcd);
    await loadCapture(etcd, path.join(captures, capture), {
      cellAddress: etcd.address,
      namedLockTtl: 'none',
      otherLockTtl: 'none',
      ...options,
    });
    const snapshot = decodeSnapshot(await readAll(etcd));
    const tablets = await startTablets({ etcd: etcd.client, root, snapshot });
    return new RepairWorld(etcd, tablets, await mkdtemp(path.join(tmpdir(), 'vitess-topo-runs-')));
  }

  async judged(): Promise<JudgedTopology> {
    const data = await readAll(this.etcd);
    return { data, diagnosed: diagnose(decodeSnapshot(data)) };
  }

  /** The codes of what is wrong now, sorted. */
  async errors(): Promise<string[]> {
    const { diagnosed } = await this.judged();
    return diagnosed.findings
      .filter(({ severity }) => severity === 'error')
      .map(({ code }) => code)
      .sort();
  }

  /** Writes a record as somebody else would. */
  async edit<T extends DescMessage>(key: string, schema: T, change: (record: MessageShape<T>) => void): Promise<void> {
    const bytes = await this.etcd.client.get(key).buffer();
    const record = bytes === null ? create(schema) : fromBinary(schema, bytes);
    change(record);
    await this.etcd.client
      .put(key)
      .value(Buffer.from(toBinary(schema, record)))
      .exec();
  }

  /** Every key but locks, with its bytes as hexadecimal. */
  async records(): Promise<Map<string, string>> {
    const all = await this.etcd.client.getAll().buffers();
    const keys = Object.entries(all).filter(([key]) => !key.includes('/locks/'));
    return new Map(keys.map(([key, value]): [string, string] => [key, value.toString('hex')]).sort());
  }

  /** Puts every record back as `records` gave it, without locks, and has well tablets that know them. */
  async restore(records: ReadonlyMap<string, string>): Promise<void> {
    for (const key of await this.etcd.client.getAll().keys()) {
      if (!records.has(key)) await this.etcd.client.delete().key(key);
    }
    for (const [key, hex] of records) await this.etcd.client.put(key).value(Buffer.from(hex, 'hex'));
    for (const tablet of this.tablets.all) {
      await tablet.setFault(undefined);
      await tablet.refreshState();
    }
  }

  /** Ends every lease: what becomes of the locks of runs that are gone. */
  async expireLocks(): Promise<void> {
    const { leases } = await this.etcd.client.leaseClient.leaseLeases();
    for (const { ID } of leases) await this.etcd.client.leaseClient.leaseRevoke({ ID });
  }

  /** Runs a command on this topology. */
  run(args: readonly string[], more: Partial<CommandEnvironment> = {}): Promise<Ran> {
    const address = args[0] === 'history' ? [] : ['--etcd', this.etcd.endpoint];
    return vitessTopo([...args, ...address], { historyFolder: this.historyFolder, ...more });
  }

  /** The recorded runs, newest first. */
  async runs(): Promise<RunRecord[]> {
    const entries = await new FileHistory(this.historyFolder).list();
    return entries.map(({ id, run }) => {
      if (run.status !== 'loaded') throw new Error(`${id} is no run`);
      return run.value;
    });
  }

  async stop(): Promise<void> {
    this.tablets.stop();
    await rm(this.historyFolder, { recursive: true, force: true });
  }
}

async function readAll(etcd: EtcdServer): Promise<TopologyData> {
  const topology = new EtcdTopology({ endpoints: [etcd.endpoint], root });
  try {
    return await topology.read();
  } finally {
    await topology.close();
  }
}
