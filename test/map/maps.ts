import assert from 'node:assert/strict';
import { buildMap } from '../../src/map/buildMap.ts';
import { mapText } from '../../src/map/mapText.ts';
import type { MapTarget, MoveMap } from '../../src/map/moveMap.ts';
import { recordName } from '../../src/model/record.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { diagnosed } from '../support/diagnosed.ts';

/** The map of a topology's only move. */
export function onlyMap(data: TopologyData): MoveMap {
  const topology = diagnosed(data);
  const [move, ...others] = topology.moves;
  assert.ok(move !== undefined && others.length === 0, `${topology.moves.length} moves`);
  const map = buildMap(topology, move.id);
  assert.ok(map);
  return map;
}

/** Everything that a map says, of the records that changed too, with the record that each line leads to. */
export function mapDump(map: MoveMap, changed?: ReadonlySet<string>): string {
  const { summary, lists, traffic } = mapText(map, changed);
  return [
    summary,
    ...lists.flatMap(({ heading, lines }) => [
      `\n${heading}`,
      ...lines.map(({ text, target }) => `- ${text}${target === undefined ? '' : ` [${placeName(target)}]`}`),
    ]),
    `\n${traffic.heading}`,
    traffic.header.join(' | '),
    ...traffic.rows.map(({ cells, target }) => `${cells.join(' | ')} [${placeName(target)}]`),
  ].join('\n');
}

function placeName({ record, path }: MapTarget): string {
  return [recordName(record), path.join('.')].filter((part) => part !== '').join(' ');
}
