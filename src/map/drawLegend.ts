import { lineHeight, textLine, textSizes, type Block, type Place } from './drawing.ts';
import { acceptSign, arrow, denySign, lockSign, stateSign } from './signs.ts';
import { textWidth } from './shownText.ts';
import type { SvgNode } from './svgNode.ts';

interface Entry {
  readonly words: string;
  /** For the sign, in pixels. */
  readonly room: number;
  readonly sign: (x: number, y: number) => SvgNode;
}

const signRoom = 20;
const arrowRoom = 44;

const entries: readonly Entry[] = [
  { words: 'writes', room: arrowRoom, sign: (x, y) => arrow(x - 6, x + 28, y, 'writes') },
  { words: 'reads of replica and rdonly', room: arrowRoom, sign: (x, y) => arrow(x - 6, x + 28, y, 'reads') },
  { words: 'global rules', room: arrowRoom, sign: (x, y) => arrow(x - 6, x + 28, y, 'reads rules') },
  { words: 'denied', room: signRoom, sign: denySign },
  { words: 'accepted', room: signRoom, sign: acceptSign },
  { words: 'lock', room: signRoom, sign: lockSign },
  { words: 'error', room: signRoom, sign: (x, y) => stateSign('error', x, y) },
  { words: 'not checked', room: signRoom, sign: (x, y) => stateSign('unchecked', x, y) },
  { words: 'warning', room: signRoom, sign: (x, y) => stateSign('warning', x, y) },
  { words: 'note', room: signRoom, sign: (x, y) => stateSign('info', x, y) },
];

/** What the signs mean, on one line. */
export function drawLegend(at: Place): Block {
  let x = at.x;
  const nodes = entries.flatMap(({ words, room, sign }) => {
    const width = textWidth(words, textSizes.small);
    const drawn = [
      sign(x + 6, at.y + 9.5),
      textLine(words, { x: x + room, y: at.y + 14, width }, { size: 'small', tone: 'muted' }),
    ];
    x += room + width + 14;
    return drawn;
  });
  return { height: lineHeight, nodes, spots: [] };
}
