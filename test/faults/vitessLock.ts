/** A lock holder that follows go/vt/topo/etcd2topo/lock.go, apart from this project's own code. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Etcd3 } from 'etcd3';
import { writeLockContents } from '../../src/records/lockContents.ts';

export interface VitessLock {
  /** The revision of etcd at which it found that it was its turn. */
  readonly heldAt: bigint;
  /** Revokes the lease; gives the revision of etcd right before. */
  release(): Promise<bigint>;
}

/** Takes the lock on a path below a global root and waits its turn for as long as it takes. */
export async function lockAsVitess(client: Etcd3, root: string, path: string): Promise<VitessLock> {
  const { ID } = await client.leaseClient.leaseGrant({ TTL: 60 });
  const folder = `${root}/${path}/locks/`;
  const key = Buffer.from(folder + ID);
  const contents = { action: 'SwitchTraffic', hostName: 'vtctld-b', userName: 'vt', time: Date.now() };
  const { succeeded } = await client.kv.txn({
    compare: [{ key, target: 'Version', version: '0', result: 'Equal' }],
    success: [{ request_put: { key, value: Buffer.from(writeLockContents(contents)), lease: ID } }],
  });
  if (!succeeded) throw new Error(`the key ${key.toString()} is there already`);
  for (;;) {
    const { kvs, header } = await client.getAll().prefix(folder).exec();
    const oldest = kvs.toSorted((a, b) => Number(BigInt(a.mod_revision) - BigInt(b.mod_revision)))[0];
    if (oldest?.key.equals(key) === true) return { heldAt: BigInt(header.revision), release };
    await delay(20);
  }
  async function release(): Promise<bigint> {
    const { header } = await client.get(key).exec();
    await client.leaseClient.leaseRevoke({ ID });
    return BigInt(header.revision);
  }
}
