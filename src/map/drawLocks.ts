import { box, lineHeight, padding, textLine, textSizes, wrapText, type Block, type Place } from './drawing.ts';
import { lockWords, marksWords } from './mapWords.ts';
import type { MapLock } from './moveMap.ts';
import { lockSign, marksAt, signedLine } from './signs.ts';
import { textWidth } from './shownText.ts';

/** A lock: what it is on, and who holds it. */
export function drawLock(lock: MapLock, at: Place): Block {
  const { locked, marks, target, isAbandoned } = lock;
  const inner = { x: at.x + padding, width: at.width - 2 * padding };
  const first = at.y + lineHeight;
  const signs = marksAt(marks, { ...inner, y: first });
  // `workflow customer.commerce2customer`: a long name has a line to itself.
  const [kind = '', name = ''] = locked.split(/ (.*)/s);
  const fits = textWidth(locked, textSizes.plain) <= inner.width - signs.width - 24;
  const rest = fits || name === '' ? [] : [name];
  const lines = [...rest, ...wrapText(lockWords(lock), inner.width, 'small', 3)];
  const height = (lines.length + 1) * lineHeight + padding;
  return {
    height,
    nodes: [
      box(at, height, isAbandoned ? 'box error' : 'box'),
      ...signedLine(lockSign, rest.length === 0 ? locked : kind, {
        ...inner,
        y: first,
        width: inner.width - signs.width,
      }),
      ...signs.nodes,
      ...lines.map((line, index) =>
        textLine(
          line,
          { ...inner, y: first + (index + 1) * lineHeight },
          { size: 'small', ...(index < rest.length ? {} : { tone: 'muted' }) },
        ),
      ),
    ],
    spots: [
      {
        ...at,
        height,
        label: [`lock on ${locked}`, lockWords(lock), marksWords(marks)].filter((part) => part !== '').join(', '),
        target,
      },
    ],
  };
}
