import { listWords } from '../model/words.ts';
import { box, lineHeight, padding, spacing, stack, textLine, type Block, type Place } from './drawing.ts';
import { drawLock } from './drawLocks.ts';
import { denialWords, everyTable, fewTables, marksWords, servingWords, sideTitle } from './mapWords.ts';
import type { MapShard, MapSide, Mark } from './moveMap.ts';
import { shardBoxes, type ShardBox } from './shardGroups.ts';
import { acceptSign, denySign, marksAt, signedLine } from './signs.ts';

const headHeight = 52;

/** One keyspace with its shards; its frame is drawn at least `least` pixels high. */
export function drawSide(side: MapSide, at: Place, least = 0): Block {
  const inner = { x: at.x + padding, width: at.width - 2 * padding, y: at.y + headHeight };
  const { boxes, left } = shardBoxes(side.shards);
  const nothing = side.isThere ? 'no shards' : 'the topology has no such keyspace';
  const content = stack(inner, [
    ...boxes.map((group) => (place: Place) => drawShard(side, group, place)),
    ...(left.length === 0 ? [] : [(place: Place) => note(`and ${left.length} more shards, named below`, place)]),
    ...(boxes.length === 0 ? [(place: Place) => note(nothing, place)] : []),
    ...side.locks.map((lock) => (place: Place) => drawLock(lock, place)),
  ]);
  const height = Math.max(least, headHeight + content.height + padding);
  const signs = marksAt(side.marks, { ...inner, y: at.y + 39 });
  const title = { ...inner, width: inner.width - signs.width };
  return {
    height,
    nodes: [
      box(at, height, frameClass(side.marks)),
      textLine(side.role.toUpperCase(), { ...title, y: at.y + 20 }, { size: 'small', tone: 'muted' }),
      textLine(side.keyspace, { ...title, y: at.y + 39 }, { size: 'name', tone: 'strong' }),
      ...signs.nodes,
      ...content.nodes,
    ],
    spots: [
      {
        ...at,
        height: headHeight - spacing / 2,
        label: [sideTitle(side), side.isThere ? '' : nothing, marksWords(side.marks)].filter(Boolean).join(', '),
        target: side.target,
      },
      ...content.spots,
    ],
  };
}

function drawShard(side: MapSide, { first, alike, marks }: ShardBox, at: Place): Block {
  const inner = { x: at.x + padding, width: at.width - 2 * padding };
  const signs = marksAt(marks, { ...inner, y: at.y + lineHeight });
  const name = alike.length === 0 ? first.name : `${first.name} … ${alike.length} more alike`;
  let y = at.y + lineHeight;
  const next = (): Place => {
    y += lineHeight;
    return { ...inner, y };
  };
  const nodes = [
    textLine(name, { ...inner, y, width: inner.width - signs.width }, { tone: 'strong' }),
    ...signs.nodes,
    textLine(servingWords(first), next(), { size: 'small', tone: first.unread === undefined ? 'muted' : 'bad' }),
    ...denialLines(first).flatMap(({ sign, words }) => signedLine(sign, words, next())),
  ];
  const locks = stack(
    { ...inner, y: y + padding },
    first.locks.map((lock) => (place: Place) => drawLock(lock, place)),
  );
  const height = y - at.y + padding + (locks.height === 0 ? 0 : locks.height + padding);
  return {
    height,
    nodes: [box(at, height, boxClass(marks)), ...nodes, ...locks.nodes],
    spots: [
      { ...at, height, label: shardLabel(side, first, alike, marks), target: first.target },
      // The shard's own spot is below theirs.
      ...locks.spots,
    ],
  };
}

function denialLines(shard: MapShard): { readonly sign: typeof denySign; readonly words: string }[] {
  return denialWords(shard, fewTables).map((words) => ({
    sign: words.startsWith('accepts') ? acceptSign : denySign,
    words,
  }));
}

function shardLabel({ keyspace }: MapSide, first: MapShard, alike: readonly string[], marks: readonly Mark[]): string {
  const others = alike.length === 0 ? '' : `the same of ${alike.length} more: ${listWords(alike, 12)}`;
  return [
    `shard ${keyspace}/${first.name}`,
    servingWords(first),
    ...denialWords(first, everyTable),
    marksWords(marks),
    others,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function note(text: string, at: Place): Block {
  return { height: lineHeight, nodes: [textLine(text, { ...at, y: at.y + 13 }, { tone: 'muted' })], spots: [] };
}

/** A box with the colour of its worst mark. */
export function boxClass(marks: readonly Mark[]): string {
  const worst = (['error', 'unchecked', 'warning'] as const).find((state) =>
    marks.some((mark) => mark.state === state),
  );
  return worst === undefined ? 'box' : `box ${worst}`;
}

function frameClass(marks: readonly Mark[]): string {
  return boxClass(marks).replace('box', 'frame');
}
