import assert from 'node:assert/strict';
import { checkFileCount } from '../../scripts/stages/fileCount.ts';

describe('checkFileCount', () => {
  it('finds nothing when every file ran in one stage', () => {
    assert.deepEqual(
      checkFileCount(['a.test.ts', 'b.test.ts'], { unit: { 'a.test.ts': 3 }, browser: { 'b.test.ts': 1 } }),
      [],
    );
  });

  it('names a file that no stage ran', () => {
    assert.deepEqual(checkFileCount(['a.test.ts', 'b.test.ts'], { unit: { 'a.test.ts': 3 } }), [
      { title: 'b.test.ts', error: 'no stage ran a test of this file' },
    ]);
  });

  it('counts a file without a test as one that did not run', () => {
    const [failure] = checkFileCount(['a.test.ts'], { unit: { 'a.test.ts': 0 } });
    assert.equal(failure?.error, 'no stage ran a test of this file');
  });

  it('names a file that ran twice', () => {
    const [failure] = checkFileCount(['a.test.ts'], { unit: { 'a.test.ts': 1 }, browser: { 'a.test.ts': 1 } });
    assert.equal(failure?.error, 'it ran in unit and browser');
  });

  it('names a file that ran and is not a test file on disk', () => {
    const [failure] = checkFileCount([], { unit: { 'a.spec.ts': 1 } });
    assert.deepEqual(failure?.title, 'a.spec.ts');
  });
});
