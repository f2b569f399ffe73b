import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { scratchFolder } from '../../scripts/guardedProcess.ts';
import { writeEmptyExtension } from '../harness/editor/emptyExtension.ts';
import { runInExtensionHost } from '../harness/editor/extensionHost.ts';
import type { TestReport } from '../harness/report.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FIXTURE = 'test/harness/editor/fixtures/oneFailsOnePasses.ts';

describe('runInExtensionHost', function () {
  this.timeout(120_000);
  let scratch: string;
  before(async () => {
    scratch = await scratchFolder('host-test');
    await writeEmptyExtension(path.join(scratch, 'empty'));
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  it('fails and reports which test failed when one does', async () => {
    const reportFile = path.join(scratch, 'report.json');
    const { passed } = await runInExtensionHost({
      name: 'fixture',
      root: ROOT,
      files: [FIXTURE],
      developmentExtension: path.join(scratch, 'empty'),
      openFolder: path.join(scratch, 'empty'),
      reportFile,
      desktop: undefined,
    });
    assert.equal(passed, false);
    const report = JSON.parse(readFileSync(reportFile, 'utf8')) as TestReport;
    assert.equal(report.passed, 1);
    assert.deepEqual(
      report.failures.map((failure) => failure.title),
      ['a fixture › fails'],
    );
    assert.match(report.failures[0]?.error ?? '', /no such editor/);
    assert.deepEqual(report.files, { [FIXTURE]: 2 });
  });
});
