import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  codeSpan,
  escapeMarkdown,
  escapeProse,
  escapeReadable,
  fenced,
  markdownTable,
} from '../../src/model/markdown.ts';

describe('escapeMarkdown', () => {
  it('escapes markup, HTML, links and line breaks', () => {
    assert.equal(escapeMarkdown('a_b *c* `d` [e](f)'), 'a\\_b \\*c\\* \\`d\\` \\[e\\]\\(f\\)');
    assert.equal(escapeMarkdown('<b>&amp;'), '&lt;b&gt;&amp;amp;');
    assert.equal(escapeMarkdown('http://x vt@host.example'), 'http&#58;//x vt&#64;host\\.example');
    assert.equal(escapeMarkdown('a\n\n# b'), 'a \\# b');
  });

  it('leaves no character that starts markup unescaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const rest = escapeMarkdown(text)
          .replace(/\\[\s\S]/g, '')
          .replace(/&(?:amp|lt|gt|#\d+);/g, '');
        assert.doesNotMatch(rest, /[\\`*_{}[\]()#+\-.!|<>~$@\n&]/);
      }),
    );
  });
});

describe('escapeProse', () => {
  it('keeps commands between backticks as code', () => {
    assert.equal(escapeProse('run `a --b <c>` now.'), 'run `a --b <c>` now\\.');
  });

  it('takes no other backticks for code', () => {
    assert.equal(escapeProse('a ``b`` c` d'), 'a \\`\\`b\\`\\` c\\` d');
  });
});

describe('markdownTable', () => {
  it('keeps a cell in its column whatever it holds', () => {
    assert.equal(markdownTable(['a', 'b'], [['x|y', 'z\nw']]), '| a | b |\n| --- | --- |\n| x\\|y | z w |');
  });
});

describe('escapeReadable', () => {
  it('leaves names as they are read', () => {
    const names = 'customer/-80 in commerce.commerce2customer_reverse (a, b): 4 errors. #5';
    assert.equal(escapeReadable(names), names);
  });

  it('escapes markup within a line, and what would begin a heading or a list', () => {
    assert.equal(
      escapeReadable('*a* _b_ `c` [d](e) <f> &amp; g|h $i$'),
      '\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<f> \\&amp; g\\|h \\$i\\$',
    );
    assert.deepEqual(['# a', ' - a', '1. a', '=== a', '> a'].map(escapeReadable), [
      '\\# a',
      ' \\- a',
      '1\\. a',
      '\\=== a',
      '\\> a',
    ]);
    assert.equal(escapeReadable('http://x www.y vt@z'), 'http:\\/\\/x www\\.y vt\\@z');
  });

  it('keeps every character, and none that starts markup unescaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeReadable(text);
        assert.equal(escaped.replace(/\\([!-/:-@[-`{-~])/g, '$1'), text.replace(/\s+/g, ' '));
        const bare = escaped.replace(/\\[!-/:-@[-`{-~]/g, '');
        assert.doesNotMatch(bare, /[\\`*[\]~|<$@\n]|^ *[#+=>-]|:\/\//);
      }),
    );
  });
});

describe('code', () => {
  it('ends with its own backticks and no others', () => {
    assert.equal(codeSpan('a'), '`a`');
    assert.equal(codeSpan('`a`\nb'), '`` `a` b ``');
    assert.equal(fenced('a ``` b\n'), '````sh\na ``` b\n````');
  });
});
