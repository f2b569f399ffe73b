/** Runs inside an extension host: activates extensions one after the other and writes how long each took. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';

/** What one activation took. */
export interface ActivationTimes {
  readonly elapsedMs: number;
  /** Time of a processor that the extension host used meanwhile: other load of the machine adds little to it. */
  readonly processorMs: number;
}

/** The editor's own start goes on for a while, and would compete for the processors. */
const SETTLE_MILLISECONDS = 3000;

describe('activation', () => {
  it('is measured', async () => {
    const { BENCH_EXTENSIONS: ids, BENCH_OUTPUT: output } = process.env;
    assert.ok(ids !== undefined && output !== undefined);
    await delay(SETTLE_MILLISECONDS);
    const times: Record<string, ActivationTimes> = {};
    for (const id of ids.split(',')) {
      const extension = vscode.extensions.getExtension(id);
      assert.ok(extension, `${id} is not in this extension host`);
      assert.equal(extension.isActive, false, `${id} is active already`);
      const [started, cpu] = [performance.now(), process.cpuUsage()];
      await extension.activate();
      const elapsedMs = performance.now() - started;
      const { user, system } = process.cpuUsage(cpu);
      times[id] = { elapsedMs, processorMs: (user + system) / 1000 };
    }
    writeFileSync(output, JSON.stringify(times));
  });
});
