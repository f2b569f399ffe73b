/** The page of a map: shows the pictures that the extension sends, and tells it what the reader chooses. */
import type { PageMessage, PictureMessage } from '../map/panelMessages.ts';
import { Drawing } from './drawing.ts';
import { part } from './elements.ts';
import { Timeline } from './timeline.ts';
import { showWords } from './words.ts';

interface PageState {
  readonly connection?: string;
  readonly move?: string;
  readonly zoom?: number | undefined;
}

declare function acquireVsCodeApi(): {
  postMessage(message: PageMessage): void;
  getState(): PageState | undefined;
  setState(state: PageState): void;
};

const editor = acquireVsCodeApi();
const remember = (change: PageState): void => editor.setState({ ...editor.getState(), ...change });
let version = 0;
const open = (target: number): void => editor.postMessage({ type: 'open', version, target });
const drawing = new Drawing(open, editor.getState()?.zoom, (zoom) => {
  remember({ zoom });
});
const timeline = new Timeline((key) => editor.postMessage({ type: 'moment', key }));
part('export', HTMLElement).addEventListener('click', () => editor.postMessage({ type: 'export' }));

addEventListener('message', ({ data }: MessageEvent<PictureMessage>) => {
  version = data.version;
  remember(data.subject);
  const notice = part('notice', HTMLElement);
  notice.hidden = data.notice === undefined;
  notice.textContent = data.notice ?? '';
  part('export', HTMLButtonElement).disabled = data.map === undefined;
  timeline.show(data.timeline);
  drawing.show(data.map);
  showWords(data.map, open);
});
editor.postMessage({ type: 'ready' });
