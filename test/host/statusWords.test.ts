import assert from 'node:assert/strict';
import { clockWords } from '../../src/host/clock.ts';
import { statusWords } from '../../src/host/statusWords.ts';
import { readAt } from '../tree/captureTopology.ts';
import { sessions } from '../tree/states.ts';

const clock = clockWords(() => readAt, 'en', 'UTC');
const minute = 60_000;

describe('statusWords', () => {
  const states = sessions();
  const textAfter = (name: string, age: number, kind: 'etcd' | 'snapshot' = 'etcd'): string | undefined => {
    const session = states.get(name);
    assert.ok(session);
    return statusWords({ ...session, connection: { ...session.connection, kind } }, readAt + age, clock)?.text;
  };

  it('says the worst and how old it is', () => {
    assert.equal(textAfter('12-reverse-vtctld-killed', 2 * minute), '$(error) Vitess: 4 errors · 2 min');
    assert.equal(textAfter('04-all-switched', 20_000), '$(pass) Vitess: no contradictions · just now');
    assert.equal(textAfter('17-two-cells-replica-zone1', minute), '$(pass) Vitess: 1 note · 1 min');
    assert.equal(textAfter('unreadable-shard', minute), '$(question) Vitess: 1 not checked · 1 min');
  });

  it('says of a snapshot that it is one: it does not grow old', () => {
    assert.equal(textAfter('04-all-switched', 9 * minute, 'snapshot'), '$(pass) Vitess: no contradictions · snapshot');
  });

  it('marks what is stale, being read, or could not be read', () => {
    assert.equal(textAfter('stale', 5 * minute), '$(warning) Vitess: stale · no contradictions · 5 min');
    assert.equal(textAfter('refreshing', minute), '$(loading~spin) Vitess: reading… · 4 errors · 1 min');
    assert.equal(textAfter('unreachable', 0), '$(warning) Vitess: could not be read');
    assert.equal(textAfter('first-read', 0), '$(loading~spin) Vitess: reading…');
  });

  it('says that what is shown is live, or since when it is stale', () => {
    assert.equal(textAfter('live', 9 * minute), '$(pass) Vitess: no contradictions · live');
    assert.equal(textAfter('lost', 9 * minute), '$(warning) Vitess: stale since 02:05 · no contradictions');
  });

  it('says nothing of a connection that is not connected', () => {
    assert.equal(textAfter('not-connected', 0), undefined);
  });

  it('is red for errors and yellow for what is not known', () => {
    const level = (name: string): string | undefined => {
      const session = states.get(name);
      return session === undefined ? undefined : statusWords(session, readAt, clock)?.level;
    };
    assert.deepEqual(
      ['12-reverse-vtctld-killed', 'unreachable', 'stale', 'unreadable-rules', '04-all-switched', 'first-read'].map(
        level,
      ),
      ['error', 'warning', 'warning', 'warning', 'plain', 'plain'],
    );
  });
});
