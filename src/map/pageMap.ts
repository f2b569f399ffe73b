import { drawMap } from './drawMap.ts';
import { mapText } from './mapText.ts';
import type { MapTarget, MoveMap } from './moveMap.ts';
import type { PageMap } from './panelMessages.ts';

/** A map for a page, with the names of the records that changed at its moment, and the places that its parts lead to, by their number in it. */
export function pageMap(
  map: MoveMap,
  changed: ReadonlySet<string>,
): { readonly page: PageMap; readonly targets: readonly MapTarget[] } {
  const targets: MapTarget[] = [];
  const numbered = (target: MapTarget): number => targets.push(target) - 1;
  const { width, height, nodes, spots } = drawMap(map, { changed });
  const { summary, lists, traffic } = mapText(map, changed);
  const page: PageMap = {
    width,
    height,
    nodes,
    spots: spots.map(({ target, ...spot }) => ({ ...spot, target: numbered(target) })),
    summary,
    lists: lists.map(({ heading, lines }) => ({
      heading,
      lines: lines.map(({ text, target }) => (target === undefined ? { text } : { text, target: numbered(target) })),
    })),
    traffic: { ...traffic, rows: traffic.rows.map(({ cells, target }) => ({ cells, target: numbered(target) })) },
  };
  return { page, targets };
}
