/** The signs of a map. Each has a shape of its own, so that none is told by its colour alone. */
import type { HealthState } from '../model/health.ts';
import { textLine, type LineOptions, type Place } from './drawing.ts';
import type { Mark } from './moveMap.ts';
import { textWidth } from './shownText.ts';
import { svg, type SvgNode } from './svgNode.ts';

const radius = 7;

const shapes: Readonly<Record<HealthState, string>> = {
  error: circle(radius),
  unchecked: `M0 ${-radius - 1}L${radius + 1} 0L0 ${radius + 1}L${-radius - 1} 0Z`,
  warning: `M0 ${-radius}L${radius + 1} ${radius - 1}L${-radius - 1} ${radius - 1}Z`,
  info: circle(radius),
  healthy: circle(radius),
};

const glyphs: Readonly<Record<HealthState, string>> = {
  error: 'M-3 -3L3 3M3 -3L-3 3',
  unchecked: 'M-2 -2.5A2 2 0 1 1 0 .5L0 1.5M0 3.6L0 4.4',
  warning: 'M0 -3L0 1.5M0 3.4L0 4.2',
  info: 'M0 -1L0 3.6M0 -3.8L0 -3',
  healthy: 'M-3.4 0L-1 2.6L3.4 -2.6',
};

function circle(r: number): string {
  return `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`;
}

/** The sign of a state around a point. */
export function stateSign(state: HealthState, x: number, y: number): SvgNode {
  return svg(
    'g',
    { class: `sign ${state}`, transform: `translate(${x} ${y})` },
    svg('path', { class: 'shape', d: shapes[state] }),
    svg('path', { class: 'glyph', d: glyphs[state] }),
  );
}

/** Marks of findings at the right end of a line, on half of it at most; those that do not fit are counted. */
export function marksAt(marks: readonly Mark[], { x, y, width }: Place): { nodes: SvgNode[]; width: number } {
  const each = 16 + Math.max(0, ...marks.map(({ number }) => textWidth(String(number), 12))) + 8;
  const room = Math.max(1, Math.floor(width / 2 / each));
  const shown = marks.length > room ? marks.slice(0, Math.max(1, room - 1)) : marks;
  const more = marks.length - shown.length;
  const total = (shown.length + (more > 0 ? 1 : 0)) * each;
  const left = x + width - total;
  const nodes = shown.flatMap((mark, index) => {
    const at = left + index * each + radius + 1;
    return [
      stateSign(mark.state, at, y - 4.5),
      textLine(String(mark.number), { x: at + radius + 4, y, width: 60 }, { tone: 'strong' }),
    ];
  });
  if (more > 0) nodes.push(textLine(`+${more}`, { x: left + shown.length * each, y, width: 60 }, { tone: 'strong' }));
  return { nodes, width: total };
}

/** The sign for denied tables. */
export function denySign(x: number, y: number): SvgNode {
  return svg('path', { class: 'line-sign', transform: `translate(${x} ${y})`, d: `${circle(5)}M-3.5 3.5L3.5 -3.5` });
}

/** The sign for accepted tables. */
export function acceptSign(x: number, y: number): SvgNode {
  return svg('path', { class: 'line-sign', transform: `translate(${x} ${y})`, d: 'M-4.5 0L-1.5 3.5L4.5 -3.5' });
}

/** The sign for a lock. */
export function lockSign(x: number, y: number): SvgNode {
  return svg('path', {
    class: 'line-sign',
    transform: `translate(${x} ${y})`,
    d: 'M-4.5 -1H4.5V5H-4.5ZM-2.8 -1V-3A2.8 2.8 0 0 1 2.8 -3V-1',
  });
}

/** An arrow along a horizontal line, with its head at `to`. */
export function arrow(from: number, to: number, y: number, name: string): SvgNode {
  const back = to > from ? -8 : 8;
  return svg(
    'g',
    { class: `flow ${name}` },
    svg('path', { class: 'shaft', d: `M${from} ${y}L${to + back} ${y}` }),
    svg('path', { class: 'head', d: `M${to} ${y}L${to + back} ${y - 5}L${to + back} ${y + 5}Z` }),
  );
}

/** A line with a sign before it. */
export function signedLine(
  sign: (x: number, y: number) => SvgNode,
  text: string,
  at: Place,
  options: LineOptions = {},
): SvgNode[] {
  const indent = 18;
  return [sign(at.x + 6, at.y - 4.5), textLine(text, { ...at, x: at.x + indent, width: at.width - indent }, options)];
}
