// `npm run bench` runs every benchmark, prints a table of each and keeps the samples as JSON under bench/results/; `npm run bench -- <name>…` runs some.
import { mkdir, writeFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, loadavg, platform } from 'node:os';
import path from 'node:path';
import { activation } from './activation.ts';
import { median, type Benchmark } from './benchmark.ts';
import { bundleSize } from './bundleSize.ts';
import { soak } from './soak.ts';
import { tableLines } from './table.ts';

const BENCHMARKS: readonly Benchmark[] = [bundleSize, activation, soak];
const RESULTS = path.join(import.meta.dirname, 'results');

const names = process.argv.slice(2);
const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  const known = BENCHMARKS.map(({ name }) => name).join(', ');
  console.error(`no benchmark is called ${unknown.join(', ')}; the benchmarks are ${known}`);
  process.exit(2);
}

const machine = {
  node: process.version,
  platform: `${platform()} ${arch()}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
};
await mkdir(RESULTS, { recursive: true });
console.log(`${machine.cores} cores of ${machine.cpu}, ${machine.platform}, Node ${machine.node}`);
/** What else ran: with more than one process a core, times say little. */
const load = loadavg()[0] ?? 0;
console.log(`load before: ${(load / machine.cores).toFixed(1)} processes a core`);
for (const benchmark of BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name))) {
  console.log(`\n== ${benchmark.name}: ${benchmark.title}`);
  const measurements = await benchmark.run();
  for (const line of tableLines(measurements)) console.log(`   ${line}`);
  const result = {
    benchmark: benchmark.name,
    measuredAt: new Date().toISOString(),
    machine,
    loadPerCoreBefore: load / machine.cores,
    measurements: measurements.map((measurement) => ({ ...measurement, median: median(measurement.samples) })),
  };
  await writeFile(path.join(RESULTS, `${benchmark.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}
