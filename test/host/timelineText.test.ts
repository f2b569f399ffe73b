import assert from 'node:assert/strict';
import path from 'node:path';
import type { Session } from '../../src/host/session.ts';
import { timelineJson, timelineText } from '../../src/host/timelineText.ts';
import type { TimelineEvent } from '../../src/model/timelineEvent.ts';
import { assertGolden } from '../harness/golden.ts';
import { replayedMoments } from '../support/replayedMoments.ts';
import { readAt } from '../tree/captureTopology.ts';

const golden = (name: string): string => path.join(import.meta.dirname, 'golden', `${name}.md`);
const connection = { name: 'production', kind: 'etcd', detail: 'etcd 10.0.0.1:2379, root /vitess/global' } as const;

function session(more: Partial<Session> = {}): Session {
  const moments = replayedMoments()['reverse-all-ok'];
  const latest = moments.at(-1) ?? assert.fail('no moments');
  const topology = { data: latest.data, diagnosed: latest.topology, loadedAt: readAt };
  return { connection, state: { status: 'loaded', topology, live: true }, moments, ...more };
}

function eventsOf(scope: Parameters<typeof timelineJson>[1]): TimelineEvent[] {
  return (JSON.parse(timelineJson(session(), scope)) as { events: TimelineEvent[] }).events;
}

describe('timelineText', () => {
  it('tells what happened, at which revision and in what order', () => {
    assertGolden(golden('timeline-reverse'), timelineText(session(), {}));
  });

  it('says since when it is not current, and why', () => {
    const failure = { code: 'unreachable', message: 'nobody answers' } as const;
    const text = timelineText(session({ state: { status: 'failed', failure, since: readAt } }), {});
    assert.match(text, /\*\*Not current\*\*: not followed any more since 2026\\-11\\-24T02:05:00Z: nobody answers/);
  });

  it('says that nothing was read, or nothing written', () => {
    const [first] = session().moments ?? [];
    assert.match(
      timelineText({ connection, state: { status: 'disconnected' }, moments: [] }, {}),
      /Nothing was read yet/,
    );
    assert.ok(first !== undefined);
    const start = { at: first.at, topology: first.topology, events: [] };
    assert.match(timelineText(session({ moments: [start] }), {}), /Nothing was written since/);
  });
});

describe('timelineJson', () => {
  it('holds every event in order', () => {
    const revisions = eventsOf({}).map(({ revision }) => Number(revision));
    assert.deepEqual(
      revisions,
      Array.from({ length: 19 }, (_, index) => 172 + index),
    );
  });

  it('leaves out what concerns other keyspaces', () => {
    const records = eventsOf({ keyspace: 'commerce' }).map(({ record }) => record);
    assert.ok(records.includes('keyspaces/commerce/shards/0/Shard'));
    assert.ok(!records.includes('keyspaces/customer/shards/-80/Shard'));
    assert.ok(records.includes('RoutingRules'));
  });

  it('tells of a move what concerns its keyspaces and tables', () => {
    const { state } = session();
    assert.ok(state.status === 'loaded');
    const move = state.topology.diagnosed.moves[0]?.id ?? assert.fail('no move');
    assert.equal(eventsOf({ move }).length, 19);
  });
});
