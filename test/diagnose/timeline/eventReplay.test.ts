import assert from 'node:assert/strict';
import path from 'node:path';
import type { RecordChange } from '../../../src/model/topologyChange.ts';
import { FollowedMoment } from '../../../src/diagnose/timeline/followedMoment.ts';
import { applyChanges } from '../../../src/topology/applyChanges.ts';
import { isLockPath, sortRecords } from '../../../src/topology/keys.ts';
import { assertGolden } from '../../harness/golden.ts';
import { eventFiles, loadCapture, readEvents, type CapturedEvent } from '../../support/captures.ts';
import { diagnosed } from '../../support/diagnosed.ts';
import { withoutDumps } from '../../support/edit.ts';

const golden = path.join(import.meta.dirname, 'golden');

function changeOf({ record, value, revision }: CapturedEvent): RecordChange {
  if (value === undefined) return { record, now: undefined };
  const lease = isLockPath(record.path) ? ({ lease: { kind: 'unknown' } } as const) : {};
  return { record, now: { path: record.path, value, modRevision: String(revision), ...lease } };
}

/** The moments of a reverse and of the switch after it, one for each write. */
function replay(): Record<(typeof eventFiles)[number], FollowedMoment[]> {
  const start = withoutDumps(loadCapture('04-all-switched'));
  let moment = FollowedMoment.first({ ...start, global: sortRecords(start.global) });
  const momentsOf = (name: (typeof eventFiles)[number]): FollowedMoment[] =>
    readEvents(name).map((event, index) => {
      const changes = [changeOf(event)];
      const data = applyChanges(moment.data, changes);
      moment = moment.next({ data, changes, revision: String(event.revision) }, index);
      return moment;
    });
  return { 'reverse-all-ok': momentsOf('reverse-all-ok'), 'switch-all-ok': momentsOf('switch-all-ok') };
}

describe('the timeline of a real reverse and switch', () => {
  const moments = replay();

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
