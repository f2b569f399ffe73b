/** A move's map as a drawing: source and target on the sides, what routes between them in the middle, findings below. */
import { listWords } from '../model/words.ts';
import { recordName } from '../model/record.ts';
import {
  box,
  lineHeight,
  spacing,
  stack,
  textLine,
  textSizes,
  wrapText,
  type Block,
  type Hotspot,
  type Place,
} from './drawing.ts';
import { drawLegend } from './drawLegend.ts';
import { drawLock } from './drawLocks.ts';
import { drawRouting, routingGroups } from './drawRouting.ts';
import { drawSide } from './drawSide.ts';
import { changedWords, stateWords } from './mapWords.ts';
import type { MapFinding, MoveMap } from './moveMap.ts';
import { stateSign } from './signs.ts';
import { svg, type SvgNode } from './svgNode.ts';

const margin = 20;
const sideWidth = 296;
const gap = 106;
const middleWidth = 260;
const width = 2 * (margin + sideWidth + gap) + middleWidth;

/** A finished drawing. */
export interface Drawing {
  /** In pixels at its natural size. */
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly SvgNode[];
  /** In the order in which they are read; one inside of another comes after it. */
  readonly spots: readonly Hotspot[];
}

/** What a drawing shows besides its map. */
export interface DrawingOptions {
  /** Lines that belong to it, e.g. what it is of and when. */
  readonly notes?: readonly string[];
  /** Names of records that changed at the moment that is drawn. */
  readonly changed?: ReadonlySet<string>;
}

/** Draws a map. */
export function drawMap(map: MoveMap, { notes = [], changed = new Set() }: DrawingOptions = {}): Drawing {
  const at = { x: margin, y: margin, width: width - 2 * margin };
  const all = stack(
    at,
    [
      (place) => drawHead(map, notes, place),
      (place) => withChanges(drawBody(map, place), changed),
      (place) => drawFindings(map.findings, place),
      drawLegend,
    ],
    2 * spacing,
  );
  const height = all.height + 2 * margin;
  return {
    width,
    height,
    nodes: [svg('rect', { x: 0, y: 0, width, height, class: 'paper' }), ...all.nodes],
    spots: all.spots,
  };
}

function drawHead(map: MoveMap, notes: readonly string[], at: Place): Block {
  const lines = [
    map.tables.length === 0 ? '' : `Tables: ${listWords(map.tables, 12)}`,
    `Traffic state: ${map.trafficState}`,
    ...notes,
  ].filter((line) => line !== '');
  const title = at.y + textSizes.title;
  const verdict = title + 2 * lineHeight;
  return {
    height: verdict + lines.length * lineHeight - at.y + 4,
    nodes: [
      textLine(map.title, { ...at, y: title }, { size: 'title', tone: 'strong' }),
      textLine(map.summary, { ...at, y: title + lineHeight }, { tone: 'muted' }),
      stateSign(map.state, at.x + 8, verdict - 4.5),
      textLine(map.verdict, { ...at, x: at.x + 22, width: at.width - 22, y: verdict }, { tone: 'strong' }),
      ...lines.map((line, index) => textLine(line, { ...at, y: verdict + (index + 1) * lineHeight })),
    ],
    spots: [],
  };
}

/** Both sides are as high as the highest column, so that every arrow meets them. */
function drawBody(map: MoveMap, at: Place): Block {
  const source = { ...at, width: sideWidth };
  const middle = { ...at, x: at.x + sideWidth + gap, width: middleWidth };
  const target = { ...at, x: middle.x + middleWidth + gap, width: sideWidth };
  const ends = { source: source.x + sideWidth, target: target.x };
  const routing = stack(middle, [
    ...routingGroups(map.routing).map((group) => (place: Place) => drawRouting(group, place, ends)),
    ...map.locks.map((lock) => (place: Place) => drawLock(lock, place)),
  ]);
  const height = Math.max(routing.height, drawSide(map.source, source).height, drawSide(map.target, target).height);
  const sides = [drawSide(map.source, source, height), drawSide(map.target, target, height)] as const;
  const columns = [sides[0], routing, sides[1]];
  return {
    height,
    nodes: columns.flatMap(({ nodes }) => nodes),
    spots: columns.flatMap(({ spots }) => spots),
  };
}

/** Frames what changed, and says so. */
function withChanges({ height, nodes, spots }: Block, changed: ReadonlySet<string>): Block {
  const isChanged = ({ target }: Hotspot): boolean => changed.has(recordName(target.record));
  const frames = spots.filter(isChanged).flatMap((spot) => {
    const { x, y, height: high } = spot;
    const frame = { x: x - 3, y: y - 3, width: spot.width + 6 };
    // On the border, where it covers no word of the box.
    const tag = { x: x + spot.width - 70, y: y + high - 6, width: 62 };
    return [
      box(frame, high + 6, 'changed'),
      box(tag, 15, 'changed-tag'),
      textLine(changedWords, { ...tag, y: tag.y + 11 }, { size: 'small', tone: 'strong', anchor: 'middle' }),
    ];
  });
  return {
    height,
    nodes: [...nodes, ...frames],
    spots: spots.map((spot) => (isChanged(spot) ? { ...spot, label: `${spot.label}, ${changedWords}` } : spot)),
  };
}

function drawFindings(findings: readonly MapFinding[], at: Place): Block {
  return stack(
    at,
    findings.map((finding) => (place: Place) => drawFinding(finding, place)),
    4,
  );
}

function drawFinding({ number, state, title, messages }: MapFinding, at: Place): Block {
  const indent = 46;
  const text = { ...at, x: at.x + indent, width: at.width - indent };
  const lines = wrapText(title, text.width, 'plain', 2);
  const height = lines.length * lineHeight;
  const [first] = messages;
  return {
    height,
    nodes: [
      stateSign(state, at.x + 8, at.y + 10),
      textLine(String(number), { x: at.x + 20, y: at.y + 14.5, width: 26 }, { tone: 'strong' }),
      ...lines.map((line, index) => textLine(line, { ...text, y: at.y + 14.5 + index * lineHeight })),
    ],
    spots:
      first === undefined
        ? []
        : [
            {
              ...at,
              height,
              label: `${stateWords[state]} ${number}: ${title}. ${first.message}`,
              target: first.target,
            },
          ],
  };
}
