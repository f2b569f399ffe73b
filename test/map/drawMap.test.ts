import assert from 'node:assert/strict';
import { drawMap, type Drawing } from '../../src/map/drawMap.ts';
import { textSizes } from '../../src/map/drawing.ts';
import { textWidth } from '../../src/map/shownText.ts';
import type { SvgNode } from '../../src/map/svgNode.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { captureNames, loadCapture } from '../support/captures.ts';
import { withDenied } from '../support/edit.ts';
import { partialTopology, standardTopology } from '../support/moves.ts';
import { mapDump, onlyMap } from './maps.ts';

/** Shard names that cut the key range into so many equal parts; a power of two. */
function shardNames(parts: number): string[] {
  const width = 65536 / parts;
  const bound = (at: number): string => (at === 0 || at === parts ? '' : (at * width).toString(16).padStart(4, '0'));
  return Array.from({ length: parts }, (_, index) => `${bound(index)}-${bound(index + 1)}`);
}

const many = shardNames(64);
const wide = standardTopology(
  { tables: Array.from({ length: 40 }, (_, index) => `a_table_with_a_rather_long_name_${index}`) },
  {
    cells: Array.from({ length: 9 }, (_, index) => `zone${index + 1}`),
    keyspaces: [
      { name: 'commerce', shards: ['0'] },
      { name: 'customer', shards: many },
    ],
  },
);

function texts(nodes: readonly (SvgNode | string)[]): SvgNode[] {
  return nodes.flatMap((node) => (typeof node === 'string' ? [] : node.tag === 'text' ? [node] : texts(node.children)));
}

function words({ children }: SvgNode): string {
  return children.filter((child) => typeof child === 'string').join('');
}

function shown(drawing: Drawing): string[] {
  return texts(drawing.nodes).map(words);
}

const drawingOf = (data: TopologyData): Drawing => drawMap(onlyMap(data));

describe('the drawing of a map', () => {
  const drawings = {
    ...Object.fromEntries(
      captureNames.filter((name) => name !== '00-before').map((name) => [name, drawingOf(loadCapture(name))]),
    ),
    wide: drawingOf(wide),
    partial: drawingOf(partialTopology({ '-80': 'target', '80-': 'source' })),
  };

  it('keeps every text and every spot on its paper', () => {
    for (const [name, { width, height, nodes, spots }] of Object.entries(drawings)) {
      for (const text of texts(nodes)) {
        const { attributes } = text;
        const { x, y, 'text-anchor': anchor } = attributes;
        const [size = 'plain'] = String(attributes.class).split(' ') as (keyof typeof textSizes)[];
        const length = textWidth(words(text), textSizes[size]);
        const left = Number(x) - (anchor === 'end' ? length : anchor === 'middle' ? length / 2 : 0);
        assert.ok(left >= 0 && left + length <= width, `${name}: ${words(text)}`);
        assert.ok(Number(y) > 0 && Number(y) < height, `${name}: ${words(text)}`);
      }
      for (const spot of spots) {
        assert.ok(spot.x >= 0 && spot.x + spot.width <= width && spot.y + spot.height <= height, name);
      }
    }
  });

  it('lets no two shards, cells or locks of a column overlap', () => {
    for (const [name, { spots }] of Object.entries(drawings)) {
      const boxes = spots.filter(({ label }) => /^(shard|Cell|Global|lock)/.test(label));
      for (const a of boxes) {
        for (const b of boxes) {
          const apart =
            a === b || a.y + a.height <= b.y || b.y + b.height <= a.y || a.x + a.width <= b.x || b.x + b.width <= a.x;
          assert.ok(apart, `${name}: ${a.label} and ${b.label}`);
        }
      }
    }
  });

  it('draws 64 shards that are alike as one box, and names them all to who listens', () => {
    const { wide: drawing } = drawings;
    assert.ok(shown(drawing).includes('-0400 … 63 more alike'));
    assert.ok(drawing.height < 900, String(drawing.height));
    const label = drawing.spots.find(({ label: each }) => each.startsWith('shard customer/-0400'))?.label ?? '';
    assert.match(label, /the same of 63 more: 0400-0800/);
    assert.ok(shown(drawing).includes('zone1 … 8 more alike'));
  });

  it('gives the shard among many that differs a box of its own', () => {
    const drawing = drawingOf(withDenied(wide, 'customer', '8000-8400', ['a_table_with_a_rather_long_name_7']));
    assert.ok(shown(drawing).includes('-0400 … 62 more alike'));
    assert.ok(shown(drawing).includes('8000-8400'));
  });

  it('draws the worst where more shards differ than there is room for', () => {
    const data = many
      .slice(0, 30)
      .reduce(
        (all, shard, index) => withDenied(all, 'customer', shard, [`a_table_with_a_rather_long_name_${index}`]),
        wide,
      );
    const drawing = drawingOf(data);
    const boxes = drawing.spots.filter(({ label }) => label.startsWith('shard customer/'));
    assert.equal(boxes.length, 12);
    assert.ok(boxes.every(({ label }) => label.includes('error')));
    assert.ok(shown(drawing).some((text) => /^and \d+ more shards, named below$/.test(text)));
  });

  it('cuts a long list of tables in the picture and nowhere else', () => {
    const map = onlyMap(wide);
    const { spots } = drawMap(map);
    const shard = spots.find(({ label }) => label.startsWith('shard commerce/0'));
    assert.match(shard?.label ?? '', /denies all 40 tables/);
    assert.match(
      mapDump(map),
      /\nTables\n- a_table_with_a_rather_long_name_0, (\S+, ){38}a_table_with_a_rather_long_name_9\n/,
    );
    const some = withDenied(wide, 'customer', '-0400', map.tables.slice(0, 9));
    assert.match(
      mapDump(onlyMap(some)),
      /customer\/-0400, .*, denies a_table_with_a_rather_long_name_0, (\S+, ){6}\S+ and /,
    );
    assert.ok(shown(drawMap(onlyMap(some))).includes('denies 9 of 40 tables'));
    assert.ok(shown(drawMap(map)).includes('denies all 40 tables'));
  });

  it('marks what is wrong by a sign and a number, not by colour alone', () => {
    const { '12-reverse-vtctld-killed': drawing } = drawings as Record<string, Drawing>;
    assert.ok(drawing);
    const signs = JSON.stringify(drawing.nodes).match(/"class":"sign error"/g) ?? [];
    // Three shards, a cell, two refused flows, the verdict four findings and the legend.
    assert.equal(signs.length, 12);
    assert.equal(shown(drawing).filter((text) => text === 'writes denied').length, 2);
  });

  it('tells some that are denied from all', () => {
    const some = drawingOf(withDenied(standardTopology(), 'customer', '-80', ['corder']));
    assert.equal(shown(some).filter((text) => text === 'some denied').length, 2);
    assert.ok(!shown(some).includes('writes denied'));
  });

  it('frames what changed at its moment, and says so', () => {
    const map = onlyMap(loadCapture('12-reverse-vtctld-killed'));
    const changed = new Set(['keyspaces/customer/shards/-80/Shard', 'zone1/SrvVSchema']);
    const drawing = drawMap(map, { changed });
    assert.equal(shown(drawing).filter((text) => text === 'changed').length, 2);
    const labels = drawing.spots.filter(({ label }) => label.endsWith(', changed')).map(({ label }) => label);
    assert.equal(labels.length, 2);
    assert.match(labels.join('\n'), /^Cell zone1, .*\nshard customer\/-80, /);
    assert.match(mapDump(map, changed), /- shard customer\/-80, .*, changed \[/);
    assert.match(mapDump(map, changed), /\nzone1 \(changed\) \|/);
  });

  it('reads the findings out in whole sentences', () => {
    const { '12-reverse-vtctld-killed': drawing } = drawings as Record<string, Drawing>;
    const label = drawing?.spots.find((spot) => spot.label.startsWith('error 1:'))?.label ?? '';
    assert.match(label, /^error 1: customer\/-80 denies corder and customer, which it serves\. .* Next: /);
  });
});
