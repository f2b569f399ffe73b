import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escapeMarkdown, escapeProse, markdownTable } from '../../src/model/markdown.ts';

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
