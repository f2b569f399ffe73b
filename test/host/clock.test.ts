import assert from 'node:assert/strict';
import { clockWords } from '../../src/host/clock.ts';

const now = Date.UTC(2026, 10, 24, 12, 0);
const hour = 60 * 60 * 1000;

describe('clockWords', () => {
  const words = clockWords(() => now, 'en', 'UTC');

  it('gives the time of day of a near moment', () => {
    assert.equal(words(now - 11 * hour), '01:00');
  });

  it('adds the date to a moment that is further away', () => {
    assert.equal(words(now - 24 * hour), 'Nov 23, 2026 12:00');
  });

  it('counts midnight as hour 0', () => {
    assert.equal(clockWords(() => now, 'en', 'UTC')(Date.UTC(2026, 10, 24, 0, 30)), '00:30');
  });
});
