/** The map in words: lists and a table, each line a link to its record. */
import type { PageLine, PageMap } from '../map/panelMessages.ts';
import { html, part } from './elements.ts';

type Open = (target: number) => void;

/** Shows the words of a map; nothing without one. */
export function showWords(map: PageMap | undefined, open: Open): void {
  const details = part('words', HTMLElement);
  const text = part('text', HTMLElement);
  details.hidden = map === undefined;
  if (map === undefined) {
    text.replaceChildren();
    return;
  }
  const { lists, traffic } = map;
  const [findings, ...others] = lists.map(({ heading, lines }) =>
    html('section', html('h2', heading), html('ul', ...lines.map((line) => html('li', lineElement(line, open))))),
  );
  const head = html('tr', ...traffic.header.map(columnHeader));
  const rows = traffic.rows.map(({ cells: [name = '', ...cells], target }) =>
    html('tr', rowHeader(link(name, target, open)), ...cells.map((cell) => html('td', cell))),
  );
  const table = html(
    'section',
    html('h2', traffic.heading),
    html('table', html('thead', head), html('tbody', ...rows)),
  );
  text.replaceChildren(...(findings === undefined ? [] : [findings]), table, ...others);
}

function lineElement({ text, target }: PageLine, open: Open): Node | string {
  return target === undefined ? text : link(text, target, open);
}

function link(text: string, target: number, open: Open): HTMLButtonElement {
  const button = html('button', text);
  button.type = 'button';
  button.addEventListener('click', () => open(target));
  return button;
}

function columnHeader(text: string): HTMLTableCellElement {
  const cell = html('th', text);
  cell.scope = 'col';
  return cell;
}

function rowHeader(content: Node): HTMLTableCellElement {
  const cell = html('th', content);
  cell.scope = 'row';
  return cell;
}
