import { groupBy } from '../model/groupBy.ts';
import { listWords } from '../model/words.ts';
import { box, lineHeight, padding, textLine, type Block, type Place } from './drawing.ts';
import { boxClass } from './drawSide.ts';
import { destinationWords, hasWrites, marksWords, ofWords, routingTitle, typesWords } from './mapWords.ts';
import type { MapFlow, MapRouting } from './moveMap.ts';
import { arrow, marksAt, stateSign } from './signs.ts';
import type { SvgNode } from './svgNode.ts';

/** Up to so many cells have a box each. */
const mostSingle = 4;
const flowHeight = 40;

/** Where the arrows of a routing end. */
export interface Ends {
  /** The right edge of the source's frame and the left edge of the target's. */
  readonly source: number;
  readonly target: number;
}

interface RoutingGroup {
  readonly first: MapRouting;
  readonly alike: readonly string[];
}

/** Routings as boxes: of many cells those that are alike share one. */
export function routingGroups(routing: readonly MapRouting[]): readonly RoutingGroup[] {
  const cells = routing.filter(({ cell }) => cell !== undefined);
  if (cells.length <= mostSingle) return routing.map((first) => ({ first, alike: [] }));
  const groups = groupBy(routing, ({ cell, flows, marks }) =>
    JSON.stringify([cell === undefined, flows, marks.map(({ state }) => state)]),
  );
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ first, alike: others.map(routingTitle) }],
  );
}

/** The global rules or a cell, with an arrow to the keyspace for each way that traffic goes. */
export function drawRouting({ first, alike }: RoutingGroup, at: Place, ends: Ends): Block {
  const inner = { x: at.x + padding, width: at.width - 2 * padding };
  const signs = marksAt(first.marks, { ...inner, y: at.y + lineHeight });
  const title = routingTitle(first) + (alike.length === 0 ? '' : ` … ${alike.length} more alike`);
  const height = 2 * lineHeight + padding + Math.max(1, first.flows.length) * flowHeight;
  const kind = first.cell === undefined ? 'what the next rebuild writes' : 'what its vtgates follow';
  const rows = first.flows.flatMap((flow, index) => {
    const y = at.y + 2 * lineHeight + 6 + (index + 0.5) * flowHeight;
    return drawFlow(flow, { ...inner, y }, { at, ends, isLive: first.cell !== undefined });
  });
  return {
    height,
    nodes: [
      box(at, height, boxClass(first.marks)),
      textLine(title, { ...inner, y: at.y + lineHeight, width: inner.width - signs.width }, { tone: 'strong' }),
      ...signs.nodes,
      textLine(kind, { ...inner, y: at.y + 2 * lineHeight }, { size: 'small', tone: 'muted' }),
      ...rows,
    ],
    spots: [{ ...at, height, label: routingLabel(first, alike), target: first.target }],
  };
}

interface FlowFrame {
  readonly at: Place;
  readonly ends: Ends;
  /** False for the global rules, which no query passes. */
  readonly isLive: boolean;
}

function drawFlow(flow: MapFlow, row: Place, { at, ends, isLive }: FlowFrame): SvgNode[] {
  const { to, refused } = flow;
  const side = to === 'source' || to === 'target' ? to : undefined;
  const options = { anchor: to === 'source' ? 'start' : to === 'target' ? 'end' : 'middle' } as const;
  const details = [ofWords(flow, 3), side === undefined ? destinationWords(flow) : ''].filter((part) => part !== '');
  const words = details.join(', ');
  const lines = [
    textLine(typesWords(flow), { ...row, y: row.y + (words === '' ? 4.5 : -3) }, options),
    ...(words === '' ? [] : [textLine(words, { ...row, y: row.y + 12 }, { ...options, size: 'small', tone: 'muted' })]),
  ];
  if (side === undefined) return lines;
  const from = side === 'source' ? at.x : at.x + at.width;
  const end = ends[side] + (side === 'source' ? 2 : -2);
  const name = [hasWrites(flow) ? 'writes' : 'reads', isLive ? '' : 'rules', refused.length > 0 ? 'refused' : ''];
  const middle = (from + end) / 2 + (side === 'source' ? 4 : -4);
  const label = { x: Math.min(from, end), y: row.y - 12, width: Math.abs(end - from) };
  const denied = refused.length === 0 ? [] : [stateSign('error', middle, row.y)];
  return [
    ...lines,
    arrow(from, end, row.y, name.filter(Boolean).join(' ')),
    ...denied,
    textLine(arrowWords(flow), label, { size: 'small', anchor: 'middle', tone: refused.length > 0 ? 'bad' : 'muted' }),
  ];
}

function arrowWords(flow: MapFlow): string {
  if (flow.refused.length > 0) return flow.isAllRefused ? 'writes denied' : 'some denied';
  return hasWrites(flow) ? 'writes' : '';
}

function routingLabel(routing: MapRouting, alike: readonly string[]): string {
  const title = routing.cell === undefined ? 'Global rules' : `Cell ${routing.cell}`;
  return [
    title,
    ...routing.flows.map(flowWords),
    marksWords(routing.marks),
    alike.length === 0 ? '' : `the same in ${listWords(alike, 12)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** `primary of corder to customer, which denies corder`. */
export function flowWords(flow: MapFlow): string {
  const { refused, keyspace } = flow;
  return [
    [typesWords(flow), ofWords(flow)].filter(Boolean).join(' ') +
      (keyspace === undefined ? ': ' : ' ') +
      destinationWords(flow),
    refused.length === 0 ? '' : `where ${keyspace ?? 'it'} denies ${listWords(refused)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}
