import assert from 'node:assert/strict';
import { compareSeverity, worstSeverity } from '../../src/model/finding.ts';
import { groupBy } from '../../src/model/groupBy.ts';
import { lockTarget } from '../../src/model/lock.ts';
import { moveTitle } from '../../src/model/move.ts';
import { loadedValue, mapReading } from '../../src/model/reading.ts';
import { cellRecord, globalRecord, recordName } from '../../src/model/record.ts';
import { count, durationWords, listWords } from '../../src/model/words.ts';
import { isReverseWorkflow, partnerWorkflowName } from '../../src/model/workflow.ts';

describe('lockTarget', () => {
  const cases: readonly [string, ReturnType<typeof lockTarget>][] = [
    ['keyspaces/customer', { kind: 'keyspace', keyspace: 'customer' }],
    ['keyspaces/customer/shards/-80', { kind: 'shard', keyspace: 'customer', shard: '-80' }],
    ['internal/named_locks/customer/a2b', { kind: 'workflow', keyspace: 'customer', workflow: 'a2b' }],
    ['internal/named_locks/customer', { kind: 'other' }],
    ['keyspaces', { kind: 'other' }],
    ['keyspaces/', { kind: 'other' }],
    ['keyspaces/a/shards/', { kind: 'other' }],
    ['keyspaces/a/shards/0/deeper', { kind: 'other' }],
    ['routing_rules', { kind: 'other' }],
    ['', { kind: 'other' }],
  ];
  for (const [path, target] of cases) {
    it(`reads ${path || 'an empty path'} as ${target.kind}`, () => {
      assert.deepEqual(lockTarget(path), target);
    });
  }
});

describe('groupBy', () => {
  it('keeps the order of groups and of the items in them', () => {
    const groups = groupBy([3, 1, 4, 1, 5, 9, 2, 6], (number) => number % 2 === 0);
    assert.deepEqual(
      [...groups],
      [
        [false, [3, 1, 1, 5, 9]],
        [true, [4, 2, 6]],
      ],
    );
  });
});

describe('listWords', () => {
  it('joins names with commas and an and', () => {
    assert.deepEqual(
      [[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((names) => listWords(names)),
      ['', 'a', 'a and b', 'a, b and c'],
    );
  });

  it('counts the names past the most, and none that could have been named', () => {
    assert.equal(listWords(['a', 'b', 'c', 'd', 'e', 'f']), 'a, b, c, d, e and f');
    assert.equal(listWords(['a', 'b', 'c', 'd', 'e', 'f', 'g']), 'a, b, c, d, e and 2 more');
  });
});

describe('durationWords', () => {
  const cases: readonly [number, string][] = [
    [-3, '0 s'],
    [0.9, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3599, '59 min'],
    [3600, '1 h 0 min'],
    [85_853, '23 h 50 min'],
    [86_400, '1 d 0 h'],
    [273_600, '3 d 4 h'],
  ];
  for (const [seconds, words] of cases) {
    it(`says ${words} for ${seconds} seconds`, () => {
      assert.equal(durationWords(seconds), words);
    });
  }
});

describe('count', () => {
  it('uses the singular for one only', () => {
    assert.deepEqual(
      [count(0, 'table'), count(1, 'table'), count(2, 'entry', 'entries')],
      ['0 tables', '1 table', '2 entries'],
    );
  });
});

describe('worstSeverity', () => {
  it('puts errors before warnings and those before infos', () => {
    const severities = (['info', 'error', 'warning'] as const).toSorted(compareSeverity);
    assert.deepEqual(severities, ['error', 'warning', 'info']);
    assert.equal(worstSeverity([{ severity: 'info' }, { severity: 'warning' }]), 'warning');
    assert.equal(worstSeverity([]), undefined);
  });
});

describe('a workflow name', () => {
  it('has a partner that has it as its partner', () => {
    assert.equal(partnerWorkflowName('a2b'), 'a2b_reverse');
    assert.equal(partnerWorkflowName('a2b_reverse'), 'a2b');
    assert.ok(isReverseWorkflow('a2b_reverse') && !isReverseWorkflow('reverse'));
  });
});

describe('recordName', () => {
  it('puts the cell before a cell record', () => {
    assert.equal(recordName(globalRecord.shard('customer', '-80')), 'keyspaces/customer/shards/-80/Shard');
    assert.equal(recordName(cellRecord.srvVSchema('zone1')), 'zone1/SrvVSchema');
  });
});

describe('moveTitle', () => {
  it('is the forward workflow, or both keyspaces', () => {
    assert.equal(
      moveTitle({ workflows: ['customer.a2b', 'commerce.a2b_reverse'], source: 's', target: 't' }),
      'customer.a2b',
    );
    assert.equal(moveTitle({ workflows: [], source: 's', target: 't' }), 's → t');
  });
});

describe('mapReading', () => {
  it('changes a loaded value and nothing else', () => {
    const double = (value: number): number => value * 2;
    assert.equal(loadedValue(mapReading({ status: 'loaded', value: 2 }, double)), 4);
    assert.deepEqual(mapReading({ status: 'absent' }, double), { status: 'absent' });
    assert.deepEqual(mapReading({ status: 'failed', reason: 'r' }, double), { status: 'failed', reason: 'r' });
  });
});
