import type { LockContents } from '../model/lock.ts';
import type { Reading } from '../model/reading.ts';

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
