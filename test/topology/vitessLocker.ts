import type { Etcd3 } from 'etcd3';
import { foreignLock, GLOBAL } from './writerBench.ts';

/** Takes a lock by the algorithm of Vitess's etcd2 topology, with a watch on the newest older key; resolves with its release. */
export async function lockAsVitess(client: Etcd3, lockedPath: string): Promise<() => Promise<void>> {
  const folder = Buffer.from(`${GLOBAL}${lockedPath}/locks/`);
  const { ID: lease } = await client.leaseClient.leaseGrant({ TTL: 30 });
  const key = Buffer.concat([folder, Buffer.from(lease)]);
  const { header } = await client.kv.txn({
    compare: [{ key, target: 'Version', version: '0', result: 'Equal' }],
    success: [{ request_put: { key, value: Buffer.from(foreignLock('SwitchWrites')), lease } }],
  });
  for (;;) {
    const older = await newestOlder(client, folder, header.revision);
    if (older === undefined) break;
    await deletion(client, older, header.revision);
  }
  return async () => {
    await client.leaseClient.leaseRevoke({ ID: lease });
  };
}

async function newestOlder(client: Etcd3, folder: Buffer, revision: string): Promise<Buffer | undefined> {
  const { kvs } = await client.kv.range({
    key: folder,
    range_end: Buffer.concat([folder.subarray(0, -1), Buffer.from('0')]),
    max_mod_revision: (BigInt(revision) - 1n).toString(),
    sort_target: 'Mod',
    sort_order: 'Descend',
    limit: 1,
  });
  return kvs[0]?.key;
}

async function deletion(client: Etcd3, key: Buffer, revision: string): Promise<void> {
  const watcher = await client.watch().key(key).startRevision(revision).create();
  try {
    await new Promise<void>((resolve, reject) => {
      watcher.on('delete', () => {
        resolve();
      });
      watcher.on('error', reject);
    });
  } finally {
    await watcher.cancel();
  }
}
