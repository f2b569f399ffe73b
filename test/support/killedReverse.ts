/** The world of capture 12, and what is done to runs in it. */
import assert from 'node:assert/strict';
import type { Plan } from '../../src/model/plan.ts';
import { globalRecord } from '../../src/model/record.ts';
import { writeLockContents } from '../../src/records/lockContents.ts';
import { wholeKeys } from '../topology/contract.ts';
import { loadCapture } from './captures.ts';
import { bytesOf, withDenied } from './edit.ts';
import type { Intervention } from './faultyPorts.ts';
import { RunWorld } from './runWorld.ts';

const capture = loadCapture('12-reverse-vtctld-killed');
const keys = wholeKeys(capture);
/** What a vtctld left that was killed while it reversed. */
export function killed(options?: ConstructorParameters<typeof RunWorld>[1]): RunWorld {
  return new RunWorld(keys, options);
}
/** A side that denies what it serves, and the other, which accepts it. */
export const target = globalRecord.shard('customer', '-80');
export const denied = globalRecord.shard('commerce', '0');
/** customer/-80 as it is when its primary allows everything. */
export const opened = bytesOf(withDenied(capture, 'customer', '-80', []), target) ?? assert.fail('no shard');

export async function planned(world: RunWorld): Promise<Plan> {
  return (await world.plan()) ?? assert.fail('nothing is planned');
}

/** Something happens right before the `count`th call of a name. */
export function rightBefore(name: string, count: number, happen: () => void): Intervention {
  let seen = 0;
  return (call, work) => {
    if (call.name === name && ++seen === count) happen();
    return work();
  };
}

/** Puts a lock of someone else under a path. */
export function lockedByOther(world: RunWorld, path: string): void {
  const contents = { action: 'SwitchWrites', hostName: 'vtctld-b', userName: 'vt', time: Date.now() };
  world.store.put(world.store.globalKey(`${path}/locks/77`), writeLockContents(contents), world.store.grant());
}
