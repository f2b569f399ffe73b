/** What the parts of the drawing are made with: places in pixels from the drawing's top left corner. */
import type { MapTarget } from './moveMap.ts';
import { fitText, shownText, textWidth } from './shownText.ts';
import { svg, type SvgNode } from './svgNode.ts';

/** A rectangle of the drawing that can be pointed at, focused and opened. */
export interface Hotspot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Everything that the rectangle says, uncut. */
  readonly label: string;
  readonly target: MapTarget;
}

/** A part of the drawing. */
export interface Block {
  /** From its top, in pixels. */
  readonly height: number;
  readonly nodes: readonly SvgNode[];
  readonly spots: readonly Hotspot[];
}

/** Where a part is drawn. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export const lineHeight = 19;
/** Between a box's edge and its content. */
export const padding = 10;
/** Between boxes. */
export const spacing = 10;

/** Sizes in pixels by class; the style sheet has the same. */
export const textSizes = { title: 19, name: 15, plain: 13, small: 11.5 } as const;
export type TextClass = keyof typeof textSizes;

/** What a line of text may look like besides its size. */
export type TextTone = 'strong' | 'muted' | 'bad';

export interface LineOptions {
  readonly size?: TextClass;
  readonly tone?: TextTone;
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** One line of text whose baseline is at `y`, cut to `width`. */
export function textLine(text: string, { x, y, width }: Place, options: LineOptions = {}): SvgNode {
  const { size = 'plain', tone, anchor = 'start' } = options;
  const wide = tone === 'strong' || size === 'title' || size === 'name' ? 1.06 : 1;
  const shown = fitText(shownText(text), width / wide, textSizes[size]);
  const at = anchor === 'start' ? x : anchor === 'end' ? x + width : x + width / 2;
  return svg('text', { x: at, y, class: tone === undefined ? size : `${size} ${tone}`, 'text-anchor': anchor }, shown);
}

/** A text broken into as many lines of `width` as it takes, but `most`. */
export function wrapText(text: string, width: number, size: TextClass, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of shownText(text).split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && lines.length < most - 1 && textWidth(longer, textSizes[size]) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, fitText(line, width, textSizes[size])];
}

/** Parts below each other. */
export function stack(at: Place, parts: readonly ((at: Place) => Block)[], gap = spacing): Block {
  let y = at.y;
  const blocks = parts.map((part) => {
    const block = part({ ...at, y });
    y += block.height + (block.height === 0 ? 0 : gap);
    return block;
  });
  return {
    height: Math.max(0, y - at.y - gap),
    nodes: blocks.flatMap(({ nodes }) => nodes),
    spots: blocks.flatMap(({ spots }) => spots),
  };
}

/** A rectangle with a class. */
export function box({ x, y, width }: Place, height: number, name: string): SvgNode {
  return svg('rect', { x, y, width, height, rx: 4, class: name });
}
