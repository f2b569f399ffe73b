import assert from 'node:assert/strict';
import { planFor } from '../support/applyPlan.ts';
import { loadCapture } from '../support/captures.ts';
import { withLock } from '../support/edit.ts';

const path = 'keyspaces/customer';
const lease = { kind: 'held', id: '2', ttlSeconds: 60, grantedTtlSeconds: 60 } as const;
const unlocked = () => {
  const data = loadCapture('12-reverse-vtctld-killed');
  return { ...data, revision: '9', global: data.global.filter((record) => !record.path.includes('/locks/')) };
};
const locked = () => withLock(unlocked(), path, { id: '2', lease });

describe('a plan under its own locks', () => {
  it('is made although others wait for them', () => {
    const own = withLock(locked(), path, { id: '1', lease: { ...lease, id: '1' } });
    assert.ok(planFor(own, {}, { ownLocks: [{ path: `${path}/locks/1` }] }).plan);
  });

  it('is not made while others hold one that is not its own', () => {
    assert.equal(planFor(locked()).plan, undefined);
  });
});
