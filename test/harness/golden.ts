import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

/** Asserts that a text equals the file's; with UPDATE_GOLDEN=1 in the environment it writes the file instead. */
export function assertGolden(file: string, text: string): void {
  const wanted = `${text.trimEnd()}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    writeFileSync(file, wanted);
    return;
  }
  assert.equal(
    wanted,
    readFileSync(file, 'utf8'),
    `${file} differs; look at the change, then run with UPDATE_GOLDEN=1`,
  );
}
