import assert from 'node:assert/strict';
import type { TopologyMoment } from '../../src/diagnose/topologyMoment.ts';
import type { Session } from '../../src/host/session.ts';
import { mapPicture } from '../../src/panel/mapPicture.ts';
import { recordName } from '../../src/model/record.ts';
import { sessions } from '../tree/states.ts';

const reverse = { connection: 'sample', move: 'commerce.commerce2customer_reverse' };
const forward = { connection: 'sample', move: 'customer.commerce2customer' };
const states = sessions();

function stateOf(name: string): Session {
  const session = states.get(name);
  assert.ok(session, name);
  return session;
}

describe('the picture of a panel', () => {
  it('has the map of the move, its moment, and a record for every part that can be opened', () => {
    const { content, targets } = mapPicture(stateOf('12-reverse-vtctld-killed'), reverse, undefined);
    const { map, timeline, notice } = content;
    assert.equal(notice, undefined);
    assert.equal(timeline?.title, '2026-11-24T02:05:00Z');
    assert.deepEqual([timeline.moments.length, timeline.index, timeline.events], [1, 0, []]);
    const shard = map?.spots.find(({ label }) => label.startsWith('shard customer/-80'));
    const target = targets[shard?.target ?? -1];
    assert.equal(target === undefined ? '' : recordName(target.record), 'keyspaces/customer/shards/-80/Shard');
    const lines = map?.lists.flatMap((list) => list.lines) ?? [];
    assert.ok(lines.length > 0 && lines.every((line) => line.target === undefined || targets[line.target]));
  });

  it('goes to the page as plain data', () => {
    const { content } = mapPicture(stateOf('12-reverse-vtctld-killed'), reverse, undefined);
    assert.deepEqual(structuredClone(content), content);
  });

  it('says why there is nothing to draw', () => {
    const notices: [Session | undefined, RegExp][] = [
      [undefined, /^The connection sample is gone/],
      [stateOf('not-connected'), /^sample is not connected: connect/],
      [stateOf('first-read'), /^sample is being read/],
      [stateOf('unreachable'), /^sample could not be read: etcd at 10\.0\.0\.1:2379 refuses/],
      [stateOf('00-before'), /^There is no move commerce\.commerce2customer_reverse/],
    ];
    for (const [session, wanted] of notices) {
      const { content } = mapPicture(session, reverse, undefined);
      assert.equal(content.map, undefined);
      assert.match(content.notice ?? '', wanted);
    }
  });

  it('says of what is not current that it is not', () => {
    const { content } = mapPicture(stateOf('stale'), forward, undefined);
    assert.ok(content.map);
    assert.match(content.notice ?? '', /^Not current: the last refresh failed: etcd at 10\.0\.0\.1:2379/);
  });

  it('shows any moment that is remembered, with what changed then', () => {
    const events = [
      {
        at: 2,
        kind: 'denied-tables',
        record: 'keyspaces/customer/shards/-80/Shard',
        text: 'customer/-80 denies corder',
        keyspaces: ['customer'],
        tables: ['corder'],
      },
    ] as const;
    const topology = (name: string): TopologyMoment['topology'] => {
      const { state } = stateOf(name);
      assert.ok(state.status === 'loaded');
      return state.topology.diagnosed;
    };
    const moments = [
      { at: 1, revision: '11', events: [], topology: topology('04-all-switched') },
      { at: 2, revision: '12', events, topology: topology('01-created') },
      { at: 3, revision: '13', events: [], topology: topology('04-all-switched') },
    ];
    const session = { ...stateOf('04-all-switched'), moments };
    const { content, shown } = mapPicture(session, forward, '12@2');
    assert.deepEqual(content.timeline, {
      moments: ['11@1', '12@2', '13@3'],
      index: 1,
      title: '1970-01-01T00:00:00Z, revision 12',
      events: ['customer/-80 denies corder'],
    });
    assert.ok(content.map?.spots.some(({ label }) => /^shard customer\/-80, .*, changed$/.test(label)));
    assert.match(shown?.map.trafficState ?? '', /Writes Not Switched/);
    assert.equal(mapPicture(session, forward, undefined).content.timeline?.index, 2);
  });

  it('shows the newest moment when the chosen one is no longer remembered', () => {
    const { content } = mapPicture(stateOf('04-all-switched'), forward, 'gone@1');
    assert.equal(content.timeline?.index, 0);
    assert.ok(content.map);
  });
});
