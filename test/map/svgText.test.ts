import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exportSvg } from '../../src/map/exportSvg.ts';
import { shownText } from '../../src/map/shownText.ts';
import { svg, svgAttributes, svgTags, svgText } from '../../src/map/svgNode.ts';
import type { MoveMap } from '../../src/map/moveMap.ts';
import { loadCapture } from '../support/captures.ts';
import { allElements, parseXml, textOf } from '../support/xml.ts';
import { onlyMap } from './maps.ts';

const hostile = [
  '<script>alert(1)</script>',
  '"onload="alert(1)',
  "']]><svg/onload=alert(1)>",
  '&lt;b&gt; &amp;',
  '\u202Eesrever\u202C',
  '\u05D0\u05D1\u200F',
  'a\u0000b\u0007',
  '\uD800',
  '\uFFFE',
  '<!--',
  '--></style><script>',
];

const outage = onlyMap(loadCapture('12-reverse-vtctld-killed'));

/** The map with every name replaced by one that `rename` gives. */
function renamed(map: MoveMap, rename: () => string): MoveMap {
  const change = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return /^(source|target|error|info|primary|replica|rdonly)$/.test(value) ? value : rename();
    }
    if (Array.isArray(value)) return (value as unknown[]).map(change);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value as Record<string, unknown>).map(([key, inner]) => [
      key,
      keeps.has(key) ? inner : change(inner),
    ]);
    return Object.fromEntries(entries) as unknown;
  };
  return change(map) as MoveMap;
}
const keeps = new Set(['state', 'to', 'role', 'types']);

describe('the exported SVG', () => {
  it('holds the whole map as one image with a title and a description', () => {
    const root = parseXml(exportSvg(outage, { notes: ['Connection sample'] }));
    assert.equal(root.name, 'svg');
    assert.equal(root.attributes.get('role'), 'img');
    const [title, desc] = root.children.flatMap((child) => (typeof child === 'string' ? [] : [child]));
    assert.equal(textOf(title ?? root), 'Map of commerce.commerce2customer_reverse');
    assert.match(textOf(desc ?? root), /^Connection sample\. .*Verdict: 4 errors\. .*error 1: customer\/-80 denies/);
  });

  it('loads nothing and runs nothing', () => {
    for (const { name, attributes } of allElements(parseXml(exportSvg(outage)))) {
      assert.ok((svgTags as readonly string[]).includes(name), name);
      for (const [key, value] of attributes) {
        assert.ok((svgAttributes as readonly string[]).includes(key), key);
        if (key !== 'xmlns') assert.doesNotMatch(value, /url\(|:/, `${name} ${key}`);
      }
    }
    assert.doesNotMatch(exportSvg(outage), /@import|url\(|var\(/);
  });

  it('shows hostile names as text', () => {
    for (const name of hostile) {
      const text = exportSvg(
        renamed(outage, () => name),
        { notes: [name] },
      );
      const elements = allElements(parseXml(text));
      assert.deepEqual(
        elements.filter(({ name: tag }) => tag === 'script'),
        [],
      );
      assert.ok(
        elements.some((element) => textOf(element).includes(shownText(name).slice(0, 4))),
        name,
      );
    }
  });

  it('is well-formed whatever the names are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 12 }), (names) => {
        let next = 0;
        const text = exportSvg(
          renamed(outage, () => names[next++ % names.length] ?? ''),
          { notes: names },
        );
        const counted = allElements(parseXml(text)).map(({ name }) => name);
        assert.ok(counted.every((name) => (svgTags as readonly string[]).includes(name)));
      }),
      { numRuns: 40 },
    );
  });

  it('gives texts and attributes back as they were, but for what XML cannot hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (inside, value) => {
        const read = parseXml(svgText(svg('text', { class: value }, inside)));
        const kept = (given: string): string =>
          given.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
        assert.equal(textOf(read), kept(inside));
        assert.equal(read.attributes.get('class'), kept(value));
      }),
    );
  });
});

describe('shown text', () => {
  it('shows what would hide or turn the text round it', () => {
    assert.equal(shownText('a\u202Eb'), 'a⟨U+202E⟩b');
    assert.equal(shownText('a\u0000\uD800'), 'a⟨U+0000⟩⟨U+D800⟩');
    assert.equal(shownText('a\n b\u2028c'), 'a b c');
    assert.equal(shownText('tāble_7 表'), 'tāble_7 表');
  });

  it('holds no character that is not seen, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(shownText(text), /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
