import type { Lock, LockContents } from '../model/lock.ts';
import type { Reading } from '../model/reading.ts';
import type { TopologyRecord } from '../model/topologyData.ts';

/** Reads the JSON of a lock key. Never throws; anything but an object is a failed reading. */
export function parseLockContents(bytes: Uint8Array): Reading<LockContents> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return { status: 'failed', reason: `its ${bytes.length} bytes are not the JSON of a lock: ${String(error)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { status: 'failed', reason: 'it is not the JSON object of a lock' };
  }
  const fields = new Map(Object.entries(value));
  const text = (name: string): string => {
    const field: unknown = fields.get(name);
    return typeof field === 'string' ? field : '';
  };
  const time = Date.parse(text('Time'));
  return {
    status: 'loaded',
    value: {
      action: text('Action'),
      hostName: text('HostName'),
      userName: text('UserName'),
      time: Number.isNaN(time) ? undefined : time,
    },
  };
}

/** The bytes of a lock key as Vitess writes them (topo.Lock.ToJSON). */
export function writeLockContents({ action, hostName, userName, time }: LockContents & { time: number }): Uint8Array {
  const json = {
    Action: action,
    HostName: hostName,
    UserName: userName,
    Time: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
    Options: {},
    Status: 'Running',
  };
  return new TextEncoder().encode(JSON.stringify(json, undefined, 2));
}

/** The lock that the record of a lock key is. */
export function readLock({ path, value, lease, modRevision }: TopologyRecord, lockedPath: string): Lock {
  return {
    record: { path },
    lockedPath,
    contents: parseLockContents(value),
    lease: lease ?? { kind: 'unknown' },
    ...(modRevision === undefined ? {} : { modRevision }),
  };
}
