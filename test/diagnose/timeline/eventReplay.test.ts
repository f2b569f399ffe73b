import assert from 'node:assert/strict';
import path from 'node:path';
import { assertGolden } from '../../harness/golden.ts';
import { eventFiles } from '../../support/captures.ts';
import { diagnosed } from '../../support/diagnosed.ts';
import { replayedMoments } from '../../support/replayedMoments.ts';

const golden = path.join(import.meta.dirname, 'golden');

describe('the timeline of a real reverse and switch', () => {
  const moments = replayedMoments();

  for (const name of eventFiles) {
    it(`says of ${name} what golden/${name}.txt says`, () => {
      const lines = moments[name].flatMap(({ events }) =>
        events.map(({ revision, kind, record, text, keyspaces, tables }) =>
          [revision, kind, record, text, keyspaces.join(), tables.join()].join(' | '),
        ),
      );
      assertGolden(path.join(golden, `${name}.txt`), lines.join('\n'));
    });
  }

  it('holds the topology as it stood after each write', () => {
    for (const moment of Object.values(moments).flat()) {
      assert.deepEqual(moment.topology, diagnosed(moment.data));
      assert.equal(moment.events.length, 1);
    }
  });
});
