import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  compareShardNames,
  coversWholeRange,
  parseShardName,
  rangesOverlap,
  sameKeyRange,
  type NamedKeyRange,
} from '../../src/model/keyRange.ts';

function range(name: string): NamedKeyRange {
  const parsed = parseShardName(name);
  assert.ok(typeof parsed === 'object', name);
  return parsed;
}

describe('parseShardName', () => {
  const cases: readonly [string, ReturnType<typeof parseShardName>][] = [
    ['0', undefined],
    ['anything', undefined],
    ['-', { start: '', end: '' }],
    ['-80', { start: '', end: '80' }],
    ['80-', { start: '80', end: '' }],
    ['40-80', { start: '40', end: '80' }],
    ['A0-C0', { start: 'a0', end: 'c0' }],
    ['8000-80ff', { start: '8000', end: '80ff' }],
    ['80-8000', { start: '80', end: '8000' }],
    ['80-80', 'invalid'],
    ['80-40', 'invalid'],
    ['8-', 'invalid'],
    ['-8z', 'invalid'],
    ['40-80-', 'invalid'],
  ];
  for (const [name, parsed] of cases) {
    it(`reads ${name} as ${parsed === undefined ? 'no range' : JSON.stringify(parsed)}`, () => {
      assert.deepEqual(parseShardName(name), parsed);
    });
  }
});

describe('sameKeyRange', () => {
  it('pads bounds with zeros, as Vitess compares them', () => {
    assert.ok(sameKeyRange(range('-80'), range('-8000')));
    assert.ok(!sameKeyRange(range('-80'), range('-8001')));
  });

  it('tells an open end from a zero one', () => {
    assert.ok(!sameKeyRange({ start: '', end: '' }, { start: '', end: '00' }));
  });
});

describe('compareShardNames', () => {
  it('orders by key range, and names without one last', () => {
    const names = ['1', '80-', '0', '40-80', '-40', 'bad-'];
    assert.deepEqual(names.sort(compareShardNames), ['-40', '40-80', '80-', '0', '1', 'bad-']);
  });

  it('is a total order for any names', () => {
    const name = fc.oneof(fc.constantFrom('-', '0', '-80', '80-', '-8000', '80-c0'), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        assert.equal(Math.sign(compareShardNames(a, b)) + Math.sign(compareShardNames(b, a)), 0);
        if (compareShardNames(a, b) <= 0 && compareShardNames(b, c) <= 0) assert.ok(compareShardNames(a, c) <= 0);
      }),
    );
  });
});

describe('rangesOverlap', () => {
  const cases: readonly [string, string, boolean][] = [
    ['-80', '80-', false],
    ['-80', '-', true],
    ['-80', '40-c0', true],
    ['40-80', '80-c0', false],
    ['-40', '-80', true],
    ['-', '-', true],
  ];
  for (const [a, b, expected] of cases) {
    it(`says ${String(expected)} for ${a} and ${b}, in both orders`, () => {
      assert.equal(rangesOverlap(range(a), range(b)), expected);
      assert.equal(rangesOverlap(range(b), range(a)), expected);
    });
  }
});

describe('coversWholeRange', () => {
  const cases: readonly [readonly string[], boolean][] = [
    [['-'], true],
    [['-80', '80-'], true],
    [['-40', '40-80', '80-'], true],
    [[], false],
    [['-80'], false],
    [['80-'], false],
    [['-40', '80-'], false],
    [['-80', '40-'], false],
    [['-', '80-'], false],
  ];
  for (const [names, expected] of cases) {
    it(`says ${String(expected)} for ${names.join(' ') || 'no range'}`, () => {
      assert.equal(coversWholeRange(names.map(range)), expected);
    });
  }
});
