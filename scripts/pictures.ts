// Makes the pictures of the README: runs the browser tests that take them, in dark and in light colours, and keeps those that it shows.
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { bundles, editor, etcd } from './stages/preparations.ts';
import { mustRun } from './tools/run.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/** The picture, and the screenshot of a test that it is. */
const pictures: Readonly<Record<string, string>> = {
  'tree-dark': 'tree-dark',
  'tree-light': 'tree-light',
  'timeline-dark': 'timeline-dark',
  'timeline-light': 'timeline-light',
  'runbook-dark': 'runbook-dark',
  'runbook-light': 'runbook-light',
  'switch-dark': 'switch-running-dark',
  'map-dark': 'map-dark',
  'map-light': 'map-light',
  'repair-dark': 'repair-progress-dark',
  'repair-light': 'repair-confirm-light',
  'lenses-dark': 'dumps-shard-dark',
  'record-light': 'record-shard-light',
};
const takers = ['map', 'repair', 'repairRuns', 'editor'];

const report = path.join(ROOT, 'out', 'pictures.json');

async function run(names: readonly string[], shade: 'dark' | 'light'): Promise<void> {
  const files = names.map((name) => `test/browser/${name}.test.ts`);
  await mustRun('node', ['test/harness/runMocha.ts', report, ...files], {
    cwd: ROOT,
    env: { ...process.env, SHADE: shade },
  });
}

await bundles();
await etcd();
await editor();
await run(['switchTraffic', ...takers], 'dark');
await run(['switchTraffic'], 'light');
for (const [picture, screenshot] of Object.entries(pictures)) {
  copyFileSync(
    path.join(ROOT, 'out/screenshots', `${screenshot}.png`),
    path.join(ROOT, 'media/screenshots', `${picture}.png`),
  );
}
console.log(`made ${Object.keys(pictures).length} pictures in media/screenshots`);
