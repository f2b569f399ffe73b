import { freePort } from '../../scripts/guardedProcess.ts';
import { startEtcd, type EtcdServer } from './etcd.ts';

/** Several etcd servers that are one cluster, with elections that take half a second. */
export interface EtcdCluster {
  readonly members: readonly EtcdServer[];
  /** The member that leads now, among those that are asked; throws when none does. */
  leader(): Promise<EtcdServer>;
  stop(): Promise<void>;
}

/** Starts a cluster of so many members and waits until each serves. */
export async function startCluster(size: number): Promise<EtcdCluster> {
  const ports: number[] = [];
  for (let member = 0; member < size; member++) ports.push(await freePort());
  const peers = ports.map((port) => `http://127.0.0.1:${port}`);
  const everyone = peers.map((peer, member) => `member${member}=${peer}`).join(',');
  const members = await Promise.all(
    peers.map((peer, member) =>
      // Of a flag that is given twice the last one counts.
      startEtcd({
        flags: [
          `--name=member${member}`,
          `--listen-peer-urls=${peer}`,
          `--initial-advertise-peer-urls=${peer}`,
          `--initial-cluster=${everyone}`,
          '--heartbeat-interval=50',
          '--election-timeout=500',
        ],
      }),
    ),
  );
  return {
    members,
    leader: async () => {
      for (const member of members) {
        const { leader, header } = await member.client.maintenance.status();
        if (leader === header.member_id) return member;
      }
      throw new Error('no member leads');
    },
    stop: async () => {
      await Promise.all(members.map((member) => member.stop()));
    },
  };
}
