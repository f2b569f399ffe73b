/** A move's map as a drawing: source and target on the sides, what routes between them in the middle, findings below. */
import { listWords } from '../model/words.ts';
import {
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
import { stateWords } from './mapWords.ts';
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

/** Draws a map. `notes` are lines that belong to it, e.g. what it is of and when. */
export function drawMap(map: MoveMap, notes: readonly string[] = []): Drawing {
  const at = { x: margin, y: margin, width: width - 2 * margin };
  const all = stack(
    at,
    [
      (place) => drawHead(map, notes, place),
      (place) => drawBody(map, place),
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
