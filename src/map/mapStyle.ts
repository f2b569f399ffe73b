/** How a map looks. The panel takes the editor's colours, an export has light ones of its own. */
import { textSizes } from './drawing.ts';

export interface Palette {
  readonly paper: string;
  readonly text: string;
  readonly muted: string;
  /** Lines around keyspaces and boxes. */
  readonly line: string;
  readonly box: string;
  readonly writes: string;
  readonly reads: string;
  readonly error: string;
  readonly unchecked: string;
  readonly warning: string;
  readonly info: string;
  readonly healthy: string;
  readonly font: string;
}

/** The colours of the editor's theme, whichever that is. */
export const editorPalette: Palette = {
  paper: 'var(--vscode-editor-background)',
  text: 'var(--vscode-editor-foreground)',
  muted: 'var(--vscode-descriptionForeground)',
  // Themes draw their own borders too faintly to tell boxes apart.
  line: 'var(--vscode-contrastBorder, color-mix(in srgb, var(--vscode-editor-foreground) 40%, transparent))',
  box: 'var(--vscode-editorWidget-background)',
  writes: 'var(--vscode-charts-blue)',
  reads: 'var(--vscode-editor-foreground)',
  error: 'var(--vscode-problemsErrorIcon-foreground)',
  unchecked: 'var(--vscode-problemsWarningIcon-foreground)',
  warning: 'var(--vscode-problemsWarningIcon-foreground)',
  info: 'var(--vscode-problemsInfoIcon-foreground)',
  healthy: 'var(--vscode-testing-iconPassed)',
  font: 'var(--vscode-font-family)',
};

/** Colours for paper and tickets. */
export const lightPalette: Palette = {
  paper: '#ffffff',
  text: '#1f2328',
  muted: '#57606a',
  line: '#8c959f',
  box: '#f6f8fa',
  writes: '#0550ae',
  reads: '#57606a',
  error: '#cf222e',
  unchecked: '#9a6700',
  warning: '#9a6700',
  info: '#0550ae',
  healthy: '#1a7f37',
  font: "'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
};

/** The style sheet of a drawing whose root has the class `move-map`. */
export function mapStyle(palette: Palette): string {
  const { paper, text, muted, line, box, writes, reads, error, unchecked, warning, info, healthy, font } = palette;
  const of = (selector: string, declarations: string): string => `.move-map ${selector}{${declarations}}`;
  const state = (name: string, color: string): string[] => [
    of(`.sign.${name} .shape`, `fill:${color}`),
    of(`.box.${name},.move-map .frame.${name}`, `stroke:${color};stroke-width:2`),
  ];
  return [
    of('text', `font-family:${font};fill:${text}`),
    ...Object.entries(textSizes).map(([name, size]) => of(`.${name}`, `font-size:${size}px`)),
    of('.strong', 'font-weight:600'),
    of('.muted', `fill:${muted}`),
    of('.bad', `fill:${error};font-weight:600`),
    of('.paper', `fill:${paper}`),
    of('.frame', `fill:none;stroke:${line};stroke-width:1`),
    of('.box', `fill:${box};stroke:${line};stroke-width:1`),
    ...state('error', error),
    ...state('unchecked', unchecked),
    ...state('warning', warning),
    ...state('info', info),
    ...state('healthy', healthy),
    of('.glyph', `fill:none;stroke:${paper};stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round`),
    of('.line-sign', `fill:none;stroke:${text};stroke-width:1.3`),
    of('.changed', `fill:none;stroke:${text};stroke-width:1.5;stroke-dasharray:2 3`),
    of('.changed-tag', `fill:${paper};stroke:${text};stroke-width:1`),
    of('.shaft', `fill:none;stroke:${reads};stroke-width:1.5`),
    of('.head', `fill:${reads}`),
    of('.writes .shaft', `stroke:${writes};stroke-width:4`),
    of('.writes .head', `fill:${writes}`),
    of('.rules .shaft', 'stroke-dasharray:5 4'),
    of('.refused .shaft', `stroke:${error}`),
    of('.refused .head', `fill:${error}`),
  ].join('\n');
}
