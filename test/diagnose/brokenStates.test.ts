import assert from 'node:assert/strict';
import { globalRecord } from '../../src/model/record.ts';
import { loadCapture } from '../support/captures.ts';
import { findingLines, findingsOf } from '../support/diagnosed.ts';
import { rebuilt, withBytes, withDenied, withFailedCell, withoutRecord, withRoutes } from '../support/edit.ts';

const both = ['corder', 'customer'];
const switched = () => loadCapture('04-all-switched');
const killed = () => loadCapture('12-reverse-vtctld-killed');

/** The findings that are not about locks or a cell, which these cases do not touch. */
function deniedLines(data: ReturnType<typeof switched>): string[] {
  return findingLines(data).filter((line) => !/-lock|srv/.test(line));
}

describe('diagnose on edited captures', () => {
  it('calls both sides denied when only the other side is repaired', () => {
    assert.deepEqual(deniedLines(withDenied(killed(), 'commerce', '0', both)), [
      'both-sides-denied customer corder,customer',
    ]);
  });

  it('names only the open side when the serving side is repaired', () => {
    const data = withDenied(withDenied(killed(), 'customer', '-80', []), 'customer', '80-', []);
    assert.deepEqual(deniedLines(data), ['other-side-not-denied commerce/0 corder,customer']);
  });

  it('names one table when only one is left open', () => {
    assert.deepEqual(deniedLines(withDenied(switched(), 'commerce', '0', ['customer'])), [
      'other-side-not-denied commerce/0 corder',
    ]);
  });

  it('names the shard and the disagreement when one serving shard denies', () => {
    assert.deepEqual(deniedLines(withDenied(switched(), 'customer', '-80', both)), [
      'both-sides-denied customer/-80 corder,customer',
      'shards-disagree customer corder,customer',
    ]);
  });

  it('calls denied tables of no rule orphans, and is silent about them when the rules cannot be read', () => {
    const data = withDenied(loadCapture('00-before'), 'commerce', '0', ['product']);
    assert.deepEqual(deniedLines(data), ['orphan-denied-tables commerce/0 product']);
    const unread = withBytes(switched(), globalRecord.routingRules, new Uint8Array([0xff]));
    assert.deepEqual(findingsOf(unread, 'orphan-denied-tables'), []);
    assert.equal(findingsOf(unread, 'record-unreadable').length, 1);
  });

  it('calls it split when two names of one table lead to two keyspaces', () => {
    const data = rebuilt(withRoutes(switched(), { 'commerce.corder': 'commerce.corder' }));
    assert.equal(findingsOf(data, 'split-routing').length, 1);
  });

  it('calls a rule dangling when its keyspace does not exist', () => {
    const data = rebuilt(withRoutes(switched(), { stray: 'gone.stray' }));
    assert.deepEqual(deniedLines(data), ['dangling-rule stray']);
  });

  it('says that a cell which cannot be reached is not checked', () => {
    const lines = findingLines(withFailedCell(switched(), 'zone1'));
    assert.deepEqual(lines, ['record-unreadable @zone1']);
  });

  it('says that a cell in use without a SrvVSchema has none', () => {
    const lines = findingLines(withoutRecord(switched(), { cell: 'zone1', path: 'SrvVSchema' }));
    assert.deepEqual(lines, ['stale-srv-vschema @zone1']);
  });
});
