/** Commands for locks. vtctldclient has none: etcd's own client shows and revokes a lock's lease. */
import type { Finding } from '../model/finding.ts';
import { shellWord } from '../model/shellWords.ts';
import type { Snapshot } from '../records/snapshot.ts';
import { parseGlobalPath } from '../records/topoKey.ts';
import type { CommandStep } from './commandList.ts';

/** The commands for `abandoned-lock` and `held-lock`; only a comment tells how to release one. */
export function lockSteps({ code, places: [{ record }] }: Finding, { locks }: Snapshot): CommandStep[] {
  const key = parseGlobalPath(record.path);
  const lock = locks.find((candidate) => candidate.record.path === record.path);
  const id = key.kind === 'Lock' && /^\d+$/.test(key.id) ? BigInt(key.id).toString(16) : undefined;
  const etcdctl = 'etcdctl --endpoints "$ETCD"';
  const comments = ['vtctldclient cannot release a lock. ETCD is the address of the global etcd.'];
  if (lock?.lease.kind === 'none' || id === undefined) {
    const name = `"$ROOT"/${shellWord(record.path)}`;
    const get: CommandStep = {
      comments: [...comments, 'ROOT is the global root.'],
      commands: [`${etcdctl} get ${name}`],
    };
    return code === 'abandoned-lock' ? [get, release(`${etcdctl} del ${name}`)] : [get];
  }
  const look: CommandStep = { comments, commands: [`${etcdctl} lease timetolive ${id} --keys`] };
  return code === 'abandoned-lock' ? [look, release(`${etcdctl} lease revoke ${id}`)] : [look, wait];
}

const wait: CommandStep = { comments: ['Its holder may be alive: let the operation finish.'], commands: [] };

function release(command: string): CommandStep {
  return {
    comments: ['Only when its holder is gone for certain, and the key is still the same:', command],
    commands: [],
  };
}
