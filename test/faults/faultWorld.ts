/** A broken topology in a real etcd under a root of its own, with stand-ins for its tablets and a folder for runs. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import type { Etcd3 } from 'etcd3';
import { scratchFolder } from '../../scripts/guardedProcess.ts';
import { FileHistory } from '../../src/history/fileHistory.ts';
import { systemClock } from '../../src/history/systemClock.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { writeLockContents } from '../../src/records/lockContents.ts';
import { executePlan } from '../../src/repair/executePlan.ts';
import type { ExecuteOptions } from '../../src/repair/executeOptions.ts';
import { planRepair } from '../../src/repair/planRepair.ts';
import type { RunRecord } from '../../src/repair/ports.ts';
import { EtcdTopology, type EtcdTopologyOptions } from '../../src/topology/etcdTopology.ts';
import { TabletManagerRefresher } from '../../src/vtctld/tabletManager.ts';
import { encodeCellInfo } from '../harness/capture.ts';
import type { EtcdServer } from '../harness/etcd.ts';
import { startTablets, type StandInTablets } from '../harness/tablet.ts';
import { diagnosed } from '../support/diagnosed.ts';
import { FaultyPorts, type Intervention } from '../support/faultyPorts.ts';
import { wholeKeys } from '../topology/contract.ts';
import type { State } from './states.ts';

/** More than enough for whatever answers at all. */
export const patience: ExecuteOptions['limits'] = {
  lockWaitMs: 45_000,
  callMs: 15_000,
  tabletMs: 15_000,
  undoMs: 60_000,
};

export interface RunOptions extends Partial<ExecuteOptions> {
  readonly etcd?: Partial<EtcdTopologyOptions>;
  /** The plan of an operator who looked earlier. */
  readonly plan?: Plan;
  readonly intervene?: Intervention;
}

export interface Run {
  readonly run: RunRecord;
  /** The calls of ports in their order. */
  readonly calls: readonly string[];
}

let worlds = 0;

export class FaultWorld {
  readonly state: State;
  readonly etcd: EtcdServer;
  /** `/t7/`: everything of this world is under it, in both clusters. */
  readonly prefix: string;
  readonly history: FileHistory;
  tablets!: StandInTablets;
  /** The revision of the global etcd at which the world was complete. */
  start = '0';
  /** All records then. */
  initial: ReadonlyMap<string, Buffer> = new Map();
  private readonly other: EtcdServer | undefined;
  private readonly endings: (() => Promise<void>)[] = [];

  private constructor(state: State, etcd: EtcdServer, other: EtcdServer | undefined, folder: string) {
    this.state = state;
    this.etcd = etcd;
    this.other = other;
    this.prefix = `/t${worlds++}/`;
    this.history = new FileHistory(folder);
  }

  /** Puts a state into etcd; `other` holds its cell that is on an etcd of its own. */
  static async place(state: State, etcd: EtcdServer, other?: EtcdServer): Promise<FaultWorld> {
    const world = new FaultWorld(state, etcd, other, await scratchFolder('runs'));
    await world.putRecords();
    const snapshot = decodeSnapshot(await world.read());
    world.tablets = await startTablets({ etcd: etcd.client, root: world.root, snapshot });
    await world.begin();
    return world;
  }

  /** Takes what is there now for the start. */
  async begin(): Promise<void> {
    this.initial = await this.records();
    this.start = (await this.etcd.client.put(this.observed).value('').exec()).header.revision;
  }

  get root(): string {
    return `${this.prefix}global`;
  }

  get topology(): EtcdTopologyOptions {
    const { endpoint, auth } = this.etcd;
    const login = auth && { user: auth.username, password: auth.password };
    return { endpoints: [endpoint], root: this.root, ...login };
  }

  /** A key whose deletion shows how far a watch has come; etcd takes deletions also when its quota is used up. */
  get observed(): string {
    return `${this.prefix}observed`;
  }

  /** What a record's key is called: `RoutingRules`, `zone1/SrvVSchema`. */
  nameOf(key: string): string {
    return key.slice(this.prefix.length).replace(/^global\//, '');
  }

  /** The key of a record of the global etcd by its name. */
  keyOf(name: string): string {
    const isCell = this.state.data.cells.some(({ cell }) => name.startsWith(`${cell}/`));
    return isCell ? this.prefix + name : `${this.root}/${name}`;
  }

  /** All records by name, but locks. */
  async records(): Promise<Map<string, Buffer>> {
    const under = async ({ client }: EtcdServer): Promise<[string, Buffer][]> =>
      Object.entries(await client.getAll().prefix(this.prefix).buffers());
    const stored = [...(await under(this.etcd)), ...(this.other === undefined ? [] : await under(this.other))];
    const records = stored.filter(([key]) => !key.includes('/locks/') && key !== this.observed);
    return new Map(records.map(([key, value]): [string, Buffer] => [this.nameOf(key), value]).sort());
  }

  /** The keys of locks with their contents. */
  async locks(): Promise<Map<string, string>> {
    const stored = await this.etcd.client.getAll().prefix(this.root).strings();
    return new Map(Object.entries(stored).filter(([key]) => key.includes('/locks/')));
  }

  /** Revokes the lease of every lock that was not there from the start, as if it had expired. */
  async expireLocks(): Promise<void> {
    const { client } = this.etcd;
    for (const key of await this.ownLocks()) {
      await client.leaseClient.leaseRevoke({ ID: key.slice(key.lastIndexOf('/') + 1) }).catch(() => undefined);
    }
    assert.deepEqual(await this.ownLocks(), []);
  }

  /** The keys of locks that runs of this product hold. */
  async ownLocks(): Promise<string[]> {
    return [...(await this.locks())].filter(([, contents]) => contents.includes('vitess-topo')).map(([key]) => key);
  }

  async read(options: Partial<EtcdTopologyOptions> = {}): Promise<TopologyData> {
    return this.withTopology(options, (topology) => topology.read());
  }

  /** What a repair would do now. */
  async plan(): Promise<Plan | undefined> {
    const data = await this.read();
    return planRepair(this.state.request, { data, diagnosed: diagnosed(data) }).plan;
  }

  /** Plans a repair, unless there is a plan, and carries it out in this process. */
  async repair({ etcd, plan, intervene = (_, work) => work(), ...more }: RunOptions = {}): Promise<Run> {
    const { request } = this.state;
    const preview = plan ?? (await this.plan()) ?? assert.fail('nothing is planned');
    return this.withTopology(etcd ?? {}, async (topology) => {
      await topology.read();
      const ports = new FaultyPorts(intervene);
      const run = await executePlan({
        kind: 'repair',
        topology: ports.topology(topology),
        plan: preview,
        replan: (now, options) => planRepair(request, now, options).plan,
        refresher: ports.refresher(new TabletManagerRefresher()),
        history: ports.history(this.history),
        clock: systemClock,
        who: { userName: 'op', hostName: 'desk', processId: process.pid },
        topologyName: topology.description,
        forcedKeyspaces: new Set(),
        limits: patience,
        signal: new AbortController().signal,
        onProgress: () => undefined,
        ...more,
      });
      return { run, calls: ports.calls };
    });
  }

  /** Has something done when the world ends. */
  cleanUp(step: () => Promise<void>): void {
    this.endings.push(step);
  }

  async stop(): Promise<void> {
    for (const step of this.endings) await step();
    this.tablets.stop();
    await rm(this.history.folder, { recursive: true, force: true });
  }

  private async withTopology<T>(
    options: Partial<EtcdTopologyOptions>,
    work: (topology: EtcdTopology) => Promise<T>,
  ): Promise<T> {
    const topology = new EtcdTopology({ ...this.topology, ...options });
    try {
      return await work(topology);
    } finally {
      await topology.close();
    }
  }

  private async putRecords(): Promise<void> {
    const { data, locks, otherCell = '' } = this.state;
    const rootOf = (cell: string): string => `${this.prefix}${cell}`;
    const keys = [...wholeKeys(data)].map(([key, value]): [string, Buffer] => {
      const cell = /\/cells\/([^/]+)\/CellInfo$/.exec(key)?.[1];
      const { address } = cell === otherCell && this.other !== undefined ? this.other : this.etcd;
      const bytes = cell === undefined ? Buffer.from(value) : encodeCellInfo(address, rootOf(cell));
      return [key.replace('/vitess/', this.prefix), bytes];
    });
    const isOther = ([key]: [string, Buffer]): boolean => key.startsWith(`${rootOf(otherCell)}/`);
    await put(
      this.etcd.client,
      keys.filter((one) => !isOther(one)),
    );
    if (this.other !== undefined) await put(this.other.client, keys.filter(isOther));
    const time = Date.now() - 60 * 60 * 1000;
    const contents = writeLockContents({ action: 'ReverseTraffic', hostName: 'vtctld-a', userName: 'vt', time });
    const left = locks.map((path): [string, Buffer] => [`${this.root}/${path}/locks/1`, Buffer.from(contents)]);
    await put(this.etcd.client, left);
  }
}

async function put(client: Etcd3, keys: readonly (readonly [string, Buffer])[]): Promise<void> {
  const success = keys.map(([key, value]) => ({ request_put: { key: Buffer.from(key), value } }));
  await client.kv.txn({ success });
}
