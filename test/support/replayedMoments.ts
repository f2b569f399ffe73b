import { FollowedMoment } from '../../src/diagnose/timeline/followedMoment.ts';
import type { RecordChange } from '../../src/model/topologyChange.ts';
import { applyChanges } from '../../src/topology/applyChanges.ts';
import { isLockPath, sortRecords } from '../../src/topology/keys.ts';
import { type eventFiles, loadCapture, readEvents, type CapturedEvent } from './captures.ts';
import { withoutDumps } from './edit.ts';

function changeOf({ record, value, revision }: CapturedEvent): RecordChange {
  if (value === undefined) return { record, now: undefined };
  const lease = isLockPath(record.path) ? ({ lease: { kind: 'unknown' } } as const) : {};
  return { record, now: { path: record.path, value, modRevision: String(revision), ...lease } };
}

const startedAt = Date.parse('2026-11-24T02:19:53Z');

/** The moments of a reverse and of the switch after it, one for each write. */
export function replayedMoments(): Record<(typeof eventFiles)[number], FollowedMoment[]> {
  const start = withoutDumps(loadCapture('04-all-switched'));
  let moment = FollowedMoment.first({ ...start, global: sortRecords(start.global) });
  const momentsOf = (name: (typeof eventFiles)[number]): FollowedMoment[] =>
    readEvents(name).map((event, index) => {
      const changes = [changeOf(event)];
      const data = applyChanges(moment.data, changes);
      moment = moment.next({ data, changes, revision: String(event.revision) }, startedAt + index);
      return moment;
    });
  return { 'reverse-all-ok': momentsOf('reverse-all-ok'), 'switch-all-ok': momentsOf('switch-all-ok') };
}
