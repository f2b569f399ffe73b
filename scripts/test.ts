// `npm test` runs every stage in order; `npm test -- <stage>…` runs some. The last line is `N passed, N failed`.
import { checkFileCount } from './stages/fileCount.ts';
import type { FilesByStage } from './stages/fileCount.ts';
import {
  browserStage,
  faultsStage,
  integrationStage,
  packageStage,
  testFilesOnDisk,
  unitStage,
} from './stages/mochaStages.ts';
import { failed } from './stages/stage.ts';
import type { Stage, StageResult } from './stages/stage.ts';
import { buildStage, formatStage, importsStage, lintStage, typesStage } from './stages/staticStages.ts';

const STAGES: readonly Stage[] = [
  formatStage,
  lintStage,
  importsStage,
  typesStage,
  buildStage,
  unitStage,
  faultsStage,
  integrationStage,
  browserStage,
  packageStage,
];

function chosenStages(names: readonly string[]): readonly Stage[] {
  const unknown = names.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    const known = STAGES.map((stage) => stage.name).join(', ');
    console.error(`no stage is called ${unknown.join(', ')}; the stages are ${known}`);
    process.exit(2);
  }
  return names.length === 0 ? STAGES : STAGES.filter((stage) => names.includes(stage.name));
}

async function runStage(stage: Stage): Promise<StageResult> {
  console.log(`\n== ${stage.name}: ${stage.title}`);
  const preparing = performance.now();
  let running = preparing;
  let result: StageResult;
  try {
    await stage.prepare();
    running = performance.now();
    result = await stage.run();
  } catch (error) {
    result = failed(`${stage.name} could not run`, (error as Error).message);
  }
  report(stage.name, result, preparing, running);
  return result;
}

function report(name: string, result: StageResult, preparing: number, running: number): void {
  for (const { title, error } of result.failures) console.log(`FAILED ${title}\n${indent(error)}`);
  const seconds = (from: number, to: number): string => `${((to - from) / 1000).toFixed(1)} s`;
  const prepared = running - preparing < 500 ? '' : ` after ${seconds(preparing, running)} of preparation`;
  const detail = result.detail === undefined ? '' : ` (${result.detail})`;
  const counts = `${result.passed} passed, ${result.failures.length} failed${detail}`;
  console.log(`   ${name}: ${counts} in ${seconds(running, performance.now())}${prepared}`);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}

const names = process.argv.slice(2);
const results: StageResult[] = [];
const ran: Record<string, FilesByStage[string]> = {};
for (const stage of chosenStages(names)) {
  const result = await runStage(stage);
  results.push(result);
  if (result.files !== undefined) ran[stage.name] = result.files;
}
if (names.length === 0) {
  console.log('\n== files: every test file ran in exactly one stage');
  const now = performance.now();
  const failures = checkFileCount(testFilesOnDisk(), ran);
  const result = { passed: failures.length === 0 ? 1 : 0, failures, detail: `${testFilesOnDisk().length} test files` };
  report('files', result, now, now);
  results.push(result);
}
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failures = results.reduce((sum, result) => sum + result.failures.length, 0);
console.log(`\n${passed} passed, ${failures} failed`);
process.exitCode = failures === 0 && passed > 0 ? 0 : 1;
