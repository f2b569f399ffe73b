/** Runs inside an extension host: activates extensions one after the other and writes how long each took. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';

describe('activation', () => {
  it('is measured', async () => {
    const { BENCH_EXTENSIONS: ids, BENCH_OUTPUT: output } = process.env;
    assert.ok(ids !== undefined && output !== undefined);
    const milliseconds: Record<string, number> = {};
    for (const id of ids.split(',')) {
      const extension = vscode.extensions.getExtension(id);
      assert.ok(extension, `${id} is not in this extension host`);
      assert.equal(extension.isActive, false, `${id} is active already`);
      const started = performance.now();
      await extension.activate();
      milliseconds[id] = performance.now() - started;
    }
    writeFileSync(output, JSON.stringify(milliseconds));
  });
});
