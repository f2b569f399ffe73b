import { editorPalette, mapStyle } from '../map/mapStyle.ts';

/** Where the page's script is, and the word that lets it run. */
export interface PageResources {
  readonly script: string;
  readonly nonce: string;
}

/**
 * The page of a map. It holds no data: that comes by message and is put in as
 * text. Its policy lets nothing load, and no script or style in but its own.
 */
export function mapPage({ script, nonce }: PageResources): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Map of Move</title>
<style nonce="${nonce}">${pageStyle}${mapStyle(editorPalette)}</style>
</head>
<body>
<header>
<div id="timeline" role="group" aria-label="Timeline">
<button id="previous" type="button" title="Previous moment" aria-label="Previous moment">‹</button>
<input id="slider" type="range" min="0" step="1" aria-label="Moment">
<button id="next" type="button" title="Next moment" aria-label="Next moment">›</button>
</div>
<div id="moment" role="status" aria-live="polite"></div>
<div id="tools" role="group" aria-label="View">
<button id="smaller" type="button" title="Zoom out (−)" aria-label="Zoom out">−</button>
<button id="fit" type="button" title="Fit to width (0)">Fit</button>
<button id="larger" type="button" title="Zoom in (+)" aria-label="Zoom in">+</button>
<button id="export" type="button">Export as SVG…</button>
</div>
</header>
<p id="notice" role="status" hidden></p>
<main>
<div id="scroll" role="region" tabindex="0" aria-label="Map"><div id="stage"></div></div>
<details id="words" open hidden><summary>The map in words</summary><div id="text"></div></details>
</main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}

const pageStyle = `
body{margin:0;padding:0;color:var(--vscode-editor-foreground);background:var(--vscode-editor-background);font-family:var(--vscode-font-family);font-size:var(--vscode-font-size)}
header{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:6px 16px;align-items:center;padding:6px 20px;background:var(--vscode-editor-background);border-bottom:1px solid var(--vscode-contrastBorder,var(--vscode-panel-border))}
#timeline,#tools{display:flex;gap:6px;align-items:center}
#timeline[hidden]{display:none}
#moment{flex:1 1 280px;min-width:0;overflow-wrap:anywhere}
#slider{width:180px;accent-color:var(--vscode-button-background)}
button{font:inherit;color:var(--vscode-button-secondaryForeground);background:var(--vscode-button-secondaryBackground);border:1px solid var(--vscode-contrastBorder,transparent);border-radius:2px;padding:2px 9px;cursor:pointer}
button:hover:not(:disabled){background:var(--vscode-button-secondaryHoverBackground)}
button:disabled{opacity:.5;cursor:default}
:focus-visible{outline:2px solid var(--vscode-focusBorder);outline-offset:1px}
#notice{margin:8px 20px;padding:6px 10px;border:1px solid var(--vscode-inputValidation-warningBorder);background:var(--vscode-inputValidation-warningBackground);color:var(--vscode-inputValidation-warningForeground,inherit)}
#scroll{overflow:auto}
#stage{position:relative}
#stage svg{display:block}
#stage button{position:absolute;padding:0;background:none;border:0;border-radius:4px}
#stage button:hover{background:none;outline:1px solid var(--vscode-focusBorder)}
#stage button:focus-visible{outline:2px solid var(--vscode-focusBorder);outline-offset:2px}
#words{padding:0 20px 20px;max-width:1000px}
#words summary{cursor:pointer;padding:4px 0}
#words h2{font-size:1.1em;margin:14px 0 4px}
#words ul{margin:0;padding-left:20px}
#words li{margin:3px 0;overflow-wrap:anywhere}
#words table{border-collapse:collapse}
#words th,#words td{text-align:start;vertical-align:top;padding:3px 14px 3px 0;border-bottom:1px solid var(--vscode-panel-border);overflow-wrap:anywhere}
#words button{background:none;border:0;padding:0;text-align:start;color:var(--vscode-textLink-foreground)}
#words button:hover{text-decoration:underline}
@media (prefers-reduced-motion:no-preference){#stage button,button{transition:background-color .1s,outline-color .1s}}
`;
