import { drawMap, type DrawingOptions } from './drawMap.ts';
import { lightPalette, mapStyle } from './mapStyle.ts';
import { mapSentences } from './mapText.ts';
import type { MoveMap } from './moveMap.ts';
import { shownText } from './shownText.ts';
import { svg, svgText } from './svgNode.ts';

/** A map as a file that stands alone: its own light colours, nothing loaded, and its text equivalent inside. */
export function exportSvg(map: MoveMap, options: DrawingOptions = {}): string {
  const { notes = [] } = options;
  const { width, height, nodes } = drawMap(map, options);
  const root = svg(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-labelledby': 'title desc',
      class: 'move-map',
    },
    svg('title', { id: 'title' }, shownText(`Map of ${map.title}`)),
    svg('desc', { id: 'desc' }, shownText([...notes.map((note) => `${note}.`), ...mapSentences(map)].join(' '))),
    svg('style', {}, mapStyle(lightPalette)),
    ...nodes,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svgText(root)}\n`;
}
