/** Shards as boxes: each its own, but of many those that are alike share one. */
import { groupBy } from '../model/groupBy.ts';
import type { MapShard, Mark } from './moveMap.ts';

/** Up to so many shards have a box each. */
const mostSingle = 8;
/** So many boxes are drawn at most; what is worst stays. */
const mostBoxes = 12;

/** One box: its shards are alike in everything that the map says of them. */
export interface ShardBox {
  readonly first: MapShard;
  /** Names of the others, in key range order. */
  readonly alike: readonly string[];
  readonly marks: readonly Mark[];
}

export interface ShardBoxes {
  readonly boxes: readonly ShardBox[];
  /** Shards without a box, for want of room. */
  readonly left: readonly string[];
}

/** The boxes of one side. */
export function shardBoxes(shards: readonly MapShard[]): ShardBoxes {
  if (shards.length <= mostSingle) return { boxes: shards.map((shard) => boxOf([shard])), left: [] };
  const boxes = [...groupBy(shards, signature).values()].map(boxOf);
  if (boxes.length <= mostBoxes) return { boxes, left: [] };
  const kept = new Set([...boxes].sort((a, b) => rank(a) - rank(b)).slice(0, mostBoxes));
  const left = boxes.filter((box) => !kept.has(box)).flatMap(({ first, alike }) => [first.name, ...alike]);
  return { boxes: boxes.filter((box) => kept.has(box)), left };
}

function boxOf(shards: readonly MapShard[]): ShardBox {
  const [first, ...others] = shards;
  if (first === undefined) throw new RangeError('a group has a member');
  const marks = groupBy(
    shards.flatMap((shard) => shard.marks),
    ({ number }) => number,
  );
  return {
    first,
    alike: others.map(({ name }) => name),
    marks: [...marks.values()].flatMap(([mark]) => mark ?? []).sort((a, b) => a.number - b.number),
  };
}

/** What makes shards look alike; a lock's holder is one shard's own. */
function signature({ unread, isServing, denied, accepted, otherDenied, locks, marks, name }: MapShard): string {
  const states = marks.map(({ state }) => state);
  return JSON.stringify([unread, isServing, denied, accepted, otherDenied, states, locks.length === 0 || name]);
}

const order = { error: 0, unchecked: 1, warning: 2, info: 3 } as const;

function rank({ marks }: ShardBox): number {
  return Math.min(4, ...marks.map(({ state }) => order[state]));
}
