import { setTimeout as delay } from 'node:timers/promises';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import type { Etcd3 } from 'etcd3';
import { cellRecord, globalRecord } from '../../src/model/record.ts';
import {
  PingResponseSchema,
  RefreshStateResponseSchema,
  TabletManager,
  type PingRequest,
} from '../../src/records/gen/tabletmanagerservice_pb.js';
import { ShardSchema, TabletSchema, type Tablet } from '../../src/records/gen/topodata_pb.js';
import type { Snapshot } from '../../src/records/snapshot.ts';
import { LoopbackServer, StatusError, type ServerTls } from './grpcServer.ts';

/**
 * What is wrong with a tablet: `refuse` (its process is down), `hang` (it takes
 * calls and never answers), `mute` (it does what is asked and never answers), `error` (its topology cannot be read), `crash` (its
 * process dies right after it answered), or every answer takes so many milliseconds.
 */
export type TabletFault = 'refuse' | 'hang' | 'mute' | 'error' | 'crash' | { readonly slowMs: number };

/** One call that a tablet took, or its start. */
export interface JournalEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly alias: string;
  readonly call: 'start' | 'Ping' | 'RefreshState';
  /** What it denies after this. */
  readonly denies: readonly string[];
  /** The revision of etcd at which it last read its Shard record. */
  readonly revision: string;
}

export interface TabletsOptions {
  readonly etcd: Etcd3;
  /** The global root. */
  readonly root: string;
  /** Every tablet of it is started, and its record changed to where the stand-in listens. */
  readonly snapshot: Snapshot;
  readonly tls?: ServerTls;
}

/** A stand-in for vttablet: speaks its gRPC and enforces what its Shard record said when it last read it. */
export class StandInTablet {
  readonly alias: string;
  readonly keyspace: string;
  readonly shard: string;
  /** What it enforces now, as tabletmanager's tmState would; a test may set what the tablet has not learnt yet. */
  denied: readonly string[] = [];
  readonly server: LoopbackServer;
  private readonly record: Tablet;
  private readonly options: TabletsOptions;
  private readonly journal: JournalEntry[];
  private revision = '0';
  private fault: TabletFault | undefined;
  private dying: NodeJS.Timeout | undefined;

  constructor(alias: string, record: Tablet, options: TabletsOptions, journal: JournalEntry[]) {
    this.alias = alias;
    this.record = record;
    this.keyspace = record.keyspace;
    this.shard = record.shard;
    this.options = options;
    this.journal = journal;
    this.server = new LoopbackServer(TabletManager, (method, request) => this.answer(method, request), options.tls);
  }

  /** Starts the process: it reads its Shard record and listens. */
  async start(): Promise<void> {
    await this.readShard();
    await this.server.listen();
    this.note('start');
  }

  /** Sets what is wrong with it from now on; undefined makes it well again, and starts it anew when it was down. */
  async setFault(fault: TabletFault | undefined): Promise<void> {
    const wasDown = this.fault === 'refuse';
    this.fault = fault;
    if (wasDown || fault === 'refuse') this.kill();
    if (wasDown && fault !== 'refuse') await this.start();
  }

  /** Ends the process at once. */
  kill(): void {
    clearTimeout(this.dying);
    this.server.close();
  }

  /** Whether it refuses queries of this table now; tables' names are compared without case. */
  denies(table: string): boolean {
    return this.denied.some((entry) =>
      entry.startsWith('/')
        ? new RegExp(entry.slice(1, -1), 'i').test(table)
        : entry.toLowerCase() === table.toLowerCase(),
    );
  }

  /** RefreshState without the network, with the tablet's fault; rejects with a StatusError. */
  async refreshState(): Promise<void> {
    const { fault } = this;
    if (fault === 'refuse') throw new StatusError(status.UNAVAILABLE, `connection refused by ${this.alias}`);
    if (fault === 'error') throw new StatusError(status.UNKNOWN, `node doesn't exist: ${this.shardKey}`);
    if (fault === 'hang') await new Promise(() => undefined);
    if (typeof fault === 'object') await delay(fault.slowMs);
    await this.readShard();
    this.note('RefreshState');
    if (fault === 'mute') await new Promise(() => undefined);
    if (fault === 'crash') {
      this.fault = 'refuse';
      // Time for the answer to leave.
      this.dying = setTimeout(() => {
        this.kill();
      }, 20);
    }
  }

  private get shardKey(): string {
    return `${this.options.root}/${globalRecord.shard(this.keyspace, this.shard).path}`;
  }

  private async answer(method: string, request: object): Promise<object> {
    if (method === 'RefreshState') {
      await this.refreshState();
      return create(RefreshStateResponseSchema);
    }
    if (this.fault === 'hang') await new Promise(() => undefined);
    if (typeof this.fault === 'object') await delay(this.fault.slowMs);
    this.note('Ping');
    return create(PingResponseSchema, { payload: (request as PingRequest).payload });
  }

  // As tmState.RefreshFromTopoInfo: of several controls of its type that name its cell or none, the last counts.
  private async readShard(): Promise<void> {
    const { kvs, header } = await this.options.etcd.get(this.shardKey).exec();
    const [stored] = kvs;
    if (stored === undefined) throw new StatusError(status.UNKNOWN, `node doesn't exist: ${this.shardKey}`);
    const { tabletControls } = fromBinary(ShardSchema, stored.value);
    const cell = this.record.alias?.cell ?? '';
    const mine = tabletControls.filter(
      ({ tabletType, cells }) => tabletType === this.record.type && (cells.length === 0 || cells.includes(cell)),
    );
    this.denied = mine.at(-1)?.deniedTables ?? [];
    this.revision = header.revision;
  }

  private note(call: JournalEntry['call']): void {
    const { alias, denied: denies, revision } = this;
    this.journal.push({ at: Date.now(), alias, call, denies, revision });
  }
}

/** The tablets of one topology. */
export class StandInTablets {
  /** Everything that happened, in order. */
  readonly journal: JournalEntry[] = [];
  readonly all: readonly StandInTablet[];

  constructor(options: TabletsOptions) {
    this.all = options.snapshot.cells.flatMap(({ tablets }) =>
      tablets.flatMap(({ alias, tablet }) =>
        tablet.status === 'loaded' ? [new StandInTablet(alias, tablet.value, options, this.journal)] : [],
      ),
    );
  }

  /** Throws when there is no such tablet. */
  get(alias: string): StandInTablet {
    const tablet = this.all.find((one) => one.alias === alias);
    if (tablet === undefined) throw new Error(`no tablet ${alias}`);
    return tablet;
  }

  /** Those of one shard. */
  of(keyspace: string, shard: string): StandInTablet[] {
    return this.all.filter((tablet) => tablet.keyspace === keyspace && tablet.shard === shard);
  }

  stop(): void {
    for (const tablet of this.all) tablet.kill();
  }
}

/** Starts a stand-in for every tablet of the snapshot and writes its address into its Tablet record in etcd. */
export async function startTablets(options: TabletsOptions): Promise<StandInTablets> {
  const tablets = new StandInTablets(options);
  for (const { name, root = '', tablets: records } of options.snapshot.cells) {
    for (const { alias, tablet: reading } of records) {
      if (reading.status !== 'loaded') continue;
      const tablet = tablets.get(alias);
      await tablet.start();
      const address = { hostname: '127.0.0.1', portMap: { ...reading.value.portMap, grpc: tablet.server.port } };
      const value = Buffer.from(toBinary(TabletSchema, { ...reading.value, ...address }));
      await options.etcd
        .put(`${root}/${cellRecord.tablet(name, alias).path}`)
        .value(value)
        .exec();
    }
  }
  return tablets;
}
