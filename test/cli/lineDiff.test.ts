import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lineDiff } from '../../src/cli/lineDiff.ts';

const marks = { same: ' ', removed: '-', added: '+', gap: '@' } as const;

function shown(before: string, after: string): string {
  return lineDiff(before.split(/(?=.)/), after.split(/(?=.)/))
    .map(({ kind, text }) => `${marks[kind]}${text}`)
    .join('');
}

describe('a line diff', () => {
  it('shows the fewest changed lines', () => {
    assert.equal(shown('abc', 'axc'), ' a-b+x c');
    assert.equal(shown('ab', 'ab'), '');
    assert.deepEqual(lineDiff([], ['a']), [{ kind: 'added', text: 'a' }]);
    assert.deepEqual(lineDiff(['a'], []), [{ kind: 'removed', text: 'a' }]);
    assert.equal(shown('abcabba', 'cbabac').replace(/[^-+]/g, '').length, 5);
  });

  it('leaves out what is far from a change', () => {
    assert.equal(shown('abcdefghijklmnop', 'abcdefgXijklmnoP'), '@ e f g-h+X i j k@ m n o-p+P');
  });

  it('leads from one text to the other, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before, after, 100);
        if (before.join() === after.join()) return lines.length === 0;
        const side = (kind: 'removed' | 'added'): string =>
          lines
            .filter((one) => one.kind === 'same' || one.kind === kind)
            .map((one) => one.text)
            .join();
        return side('removed') === before.join() && side('added') === after.join();
      }),
    );
  });

  it('shows texts that differ in very many lines as replaced', () => {
    const texts = (letter: string): string[] => Array.from({ length: 3000 }, (_, index) => `${letter}${index}`);
    const lines = lineDiff(texts('a'), texts('b'));
    assert.equal(lines.length, 6000);
    assert.ok(lines.slice(0, 3000).every(({ kind }) => kind === 'removed'));
  });
});
