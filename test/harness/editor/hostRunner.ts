import path from 'node:path';
import { reportTo, strictOptions } from '../report.ts';

/** A test file by its path from the project's folder, and how to load it. */
export type HostTestFile = readonly [file: string, load: () => Promise<unknown>];

/** Runs test files with mocha inside an extension host and writes the report that `VITESS_TOPO_TEST_REPORT` names; rejects when a test fails. */
export async function runHostTests(files: readonly HostTestFile[]): Promise<void> {
  const root = process.env['VITESS_TOPO_TEST_ROOT'];
  const reportFile = process.env['VITESS_TOPO_TEST_REPORT'];
  if (root === undefined || reportFile === undefined) throw new Error('not started by the test harness');
  // Failures then name the lines of the test files, not those of their bundle.
  process.setSourceMapsEnabled(true);
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({
    ...strictOptions,
    timeout: 30_000,
    reporter: reportTo(reportFile, root, Mocha.reporters.Base),
  });
  for (const [file, load] of files) {
    const absolute = path.join(root, file);
    mocha.suite.emit('pre-require', globalThis, absolute, mocha);
    await load();
  }
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
