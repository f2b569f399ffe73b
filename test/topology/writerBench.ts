import assert from 'node:assert/strict';
import type { RecordId } from '../../src/model/record.ts';
import type {
  CommitResult,
  LockOptions,
  TopologyWriter,
  WritableTopology,
  WriteTransaction,
} from '../../src/topology/topologyWriter.ts';
import { bytes, smallWorld } from './contract.ts';

/** A writable topology with what others do to its keys. */
export interface WriterWorld {
  readonly topology: WritableTopology;
  /** Another's write of a whole key. */
  put(key: string, value: Uint8Array, leaseId?: string): Promise<void>;
  remove(key: string): Promise<void>;
  get(key: string): Promise<{ readonly value: Uint8Array; readonly modRevision: string } | undefined>;
  /** Whole keys with this beginning. */
  keysUnder(prefix: string): Promise<readonly string[]>;
  grantLease(): Promise<string>;
  revokeLease(leaseId: string): Promise<void>;
  close(): Promise<void>;
}

export const GLOBAL = '/vitess/global/';
export const WHO = { hostName: 'workstation', userName: 'op' };
export const KEYSPACE = 'keyspaces/ks';
export const shard = (name: string): RecordId => ({ path: `${KEYSPACE}/shards/${name}/Shard` });
export const rules: RecordId = { path: 'RoutingRules' };

/** What Vitess writes into a lock's key. */
export const foreignLock = (action: string): Uint8Array =>
  bytes(
    `{"Action":"${action}","HostName":"vtctld-host","UserName":"vt","Time":"2026-11-24T02:01:58Z","Options":{},"Status":"Running"}`,
  );

/** A signal for calls that are not to end early. */
export function within(milliseconds = 15_000): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(milliseconds) };
}

export function lockOptions(options: Partial<LockOptions> = {}): LockOptions {
  return { ...within(), waitMs: 10_000, onWait: () => undefined, ...options };
}

/** The world that writers are tested on: two shards, rules, and two cells. */
export function writerKeys(more: Readonly<Record<string, Uint8Array>> = {}): Map<string, Uint8Array> {
  return smallWorld({
    [`${GLOBAL}${shard('-80').path}`]: bytes('left'),
    [`${GLOBAL}${shard('80-').path}`]: bytes('right'),
    [`${GLOBAL}${rules.path}`]: bytes('rules'),
    ...more,
  });
}

/** The lease's id, from the key of a held lock. */
export const leaseOf = ({ path }: RecordId): string => path.slice(path.lastIndexOf('/') + 1);

/** Makes a world of keys that a topology holds. */
export type OpenWriterWorld = (keys: ReadonlyMap<string, Uint8Array>) => Promise<WriterWorld>;

/** A world for each test of the present suite, and short words for what tests do with it. */
export class WriterBench {
  world!: WriterWorld;
  private readonly writers: TopologyWriter[] = [];

  /** Registers the suite's hooks: the world is there before each test, with its topology read once. */
  constructor(open: OpenWriterWorld) {
    beforeEach(async () => {
      this.world = await open(writerKeys());
      await this.world.topology.read();
    });
    afterEach(async () => {
      for (const writer of this.writers.splice(0)) await writer.close(within(2000));
      await this.world.close();
    });
  }

  async openWriter(): Promise<TopologyWriter> {
    const writer = await this.world.topology.openWriter(WHO, within());
    this.writers.push(writer);
    return writer;
  }

  async revisionOf(record: RecordId): Promise<string> {
    return (await this.world.get(GLOBAL + record.path))?.modRevision ?? '0';
  }

  async textOf(record: RecordId): Promise<string | undefined> {
    const found = await this.world.get(GLOBAL + record.path);
    return found && Buffer.from(found.value).toString();
  }

  async revision(): Promise<string> {
    return (await this.world.topology.read()).revision ?? assert.fail('no revision');
  }

  /** A write of the shard -80 that is right now. */
  async left(): Promise<WriteTransaction['writes'][number]> {
    return { record: shard('-80'), value: bytes('new left'), modRevision: await this.revisionOf(shard('-80')) };
  }

  commit(
    writer: TopologyWriter,
    writes: WriteTransaction['writes'],
    guards: WriteTransaction['guards'] = [],
  ): Promise<CommitResult> {
    return writer.commit({ writes, guards }, within());
  }

  lockKeys(): Promise<readonly string[]> {
    return this.world.keysUnder(`${GLOBAL}${KEYSPACE}/locks/`);
  }

  /** Vitess's key on the keyspace. */
  async foreign(action = 'SwitchWrites'): Promise<{ readonly lease: string; readonly key: string }> {
    const lease = await this.world.grantLease();
    const key = `${GLOBAL}${KEYSPACE}/locks/${lease}`;
    await this.world.put(key, foreignLock(action), lease);
    return { lease, key };
  }
}
