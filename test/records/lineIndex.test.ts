import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineIndex } from '../../src/records/lineIndex.ts';

describe('LineIndex', () => {
  it('ends lines at each kind of line end', () => {
    const index = new LineIndex('a\nb\r\nc\rd');
    const positions = [0, 2, 5, 7].map((offset) => index.positionAt(offset));
    assert.deepEqual(
      positions,
      [0, 1, 2, 3].map((line) => ({ line, character: 0 })),
    );
  });

  it('moves offsets outside the text to its nearer end', () => {
    const index = new LineIndex('ab\ncd');
    assert.deepEqual(index.positionAt(-5), { line: 0, character: 0 });
    assert.deepEqual(index.positionAt(99), { line: 1, character: 2 });
  });

  it('agrees with splitting the text before the offset', () => {
    const text = fc
      .array(fc.constantFrom('a', '\n', '\r', '\r\n', '😀'), { maxLength: 20 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.nat(40), (whole, at) => {
        const offset = Math.min(at, whole.length);
        // Between the two characters of \r\n no line has ended yet.
        fc.pre(!(whole[offset - 1] === '\r' && whole[offset] === '\n'));
        const lines = whole.slice(0, offset).split(/\r\n|\r|\n/);
        const expected = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
        assert.deepEqual(new LineIndex(whole).positionAt(offset), expected);
      }),
    );
  });
});
