/** A map in words: everything that the drawing shows, uncut, for whoever does not see it. */
import { listWords } from '../model/words.ts';
import { flowWords } from './drawRouting.ts';
import {
  changedWords,
  denialWords,
  destinationWords,
  everyTable,
  lockWords,
  marksWords,
  routingTitle,
  servingWords,
  sideTitle,
  stateWords,
} from './mapWords.ts';
import type { MapFlow, MapFinding, MapLock, MapRouting, MapSide, MapTarget, MoveMap } from './moveMap.ts';
import { recordName } from '../model/record.ts';
import { tabletTypes } from '../model/move.ts';
import { shownText } from './shownText.ts';

/** A line that may lead to a record. */
export interface MapLine {
  readonly text: string;
  readonly target?: MapTarget;
}

export interface MapList {
  readonly heading: string;
  readonly lines: readonly MapLine[];
}

export interface MapTable {
  readonly heading: string;
  readonly header: readonly string[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly target: MapTarget }[];
}

export interface MapText {
  /** The whole in a few sentences: what the drawing is called by a screen reader. */
  readonly summary: string;
  readonly lists: readonly MapList[];
  readonly traffic: MapTable;
}

/** The words of a map, with the names of the records that changed at its moment. */
export function mapText(map: MoveMap, changed: ReadonlySet<string> = new Set()): MapText {
  const told = (line: MapLine): MapLine =>
    line.target !== undefined && changed.has(recordName(line.target.record))
      ? { ...line, text: `${line.text}, ${changedWords}` }
      : line;
  const lists: MapList[] = [
    { heading: 'Findings', lines: findingLines(map.findings) },
    withLines(sideList(map.source), told),
    withLines(sideList(map.target), told),
    { heading: 'Tables', lines: map.tables.length === 0 ? [] : [{ text: map.tables.join(', ') }] },
    { heading: 'Locks', lines: map.locks.map(lockLine).map(told) },
  ];
  return {
    summary: shownText(mapSentences(map).join(' ')),
    lists: lists.filter(({ lines }) => lines.length > 0).map(shownList),
    traffic: traffic(map.routing, changed),
  };
}

/** The map in a few sentences. */
export function mapSentences(map: MoveMap): string[] {
  const writes = map.routing
    .filter(({ cell }) => cell !== undefined)
    .map((routing) => `${routingTitle(routing)}: ${routing.flows.map(flowWords).join('; ')}.`);
  return [
    `${map.title}: ${map.summary}.`,
    map.tables.length === 0 ? '' : `Tables: ${listWords(map.tables, 12)}.`,
    `Traffic state: ${map.trafficState}.`,
    `Verdict: ${map.verdict}.`,
    ...writes,
    ...map.findings.map(({ state, number, title }) => `${stateWords[state]} ${number}: ${title}.`),
  ].filter((sentence) => sentence !== '');
}

function findingLines(findings: readonly MapFinding[]): MapLine[] {
  return findings.flatMap(({ number, state, messages }) =>
    messages.map(({ message, target }) => ({ text: `${stateWords[state]} ${number}: ${message}`, target })),
  );
}

function sideList(side: MapSide): MapList {
  const { keyspace, isThere, shards, locks, marks, target } = side;
  const title = sideTitle(side);
  const shardLines = shards.flatMap((shard): MapLine[] => [
    {
      text: joined([
        `shard ${keyspace}/${shard.name}`,
        servingWords(shard),
        ...denialWords(shard, everyTable),
        marksWords(shard.marks),
      ]),
      target: shard.target,
    },
    ...shard.locks.map(lockLine),
  ]);
  return {
    heading: title.charAt(0).toUpperCase() + title.slice(1),
    lines: [
      {
        text: joined([`keyspace ${keyspace}`, isThere ? '' : 'the topology has no such keyspace', marksWords(marks)]),
        target,
      },
      ...shardLines,
      ...locks.map(lockLine),
    ],
  };
}

function lockLine(lock: MapLock): MapLine {
  return { text: joined([`lock on ${lock.locked}`, lockWords(lock), marksWords(lock.marks)]), target: lock.target };
}

function traffic(routing: readonly MapRouting[], changed: ReadonlySet<string>): MapTable {
  return {
    heading: 'Which side serves',
    header: ['by', ...tabletTypes, 'findings'],
    rows: routing.map((each) => ({
      cells: [
        routingTitle(each) + (changed.has(recordName(each.target.record)) ? ` (${changedWords})` : ''),
        ...tabletTypes.map((type) =>
          each.flows
            .filter(({ types }) => types.length === 0 || types.includes(type))
            .map((flow) => placeWords(flow, type === 'primary'))
            .join('; '),
        ),
        marksWords(each.marks) || 'none',
      ].map(shownText),
      target: each.target,
    })),
  };
}

function placeWords(flow: MapFlow, isPrimary: boolean): string {
  const place = flow.keyspace ?? destinationWords(flow);
  const refused = isPrimary && flow.refused.length > 0 ? `, which denies ${listWords(flow.refused)}` : '';
  return flow.of.length === 0 ? place + refused : `${place} (${listWords(flow.of)})${refused}`;
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

function withLines({ heading, lines }: MapList, change: (line: MapLine) => MapLine): MapList {
  return { heading, lines: lines.map(change) };
}

function shownList({ heading, lines }: MapList): MapList {
  return { heading: shownText(heading), lines: lines.map((line) => ({ ...line, text: shownText(line.text) })) };
}
