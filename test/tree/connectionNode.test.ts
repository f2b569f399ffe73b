import assert from 'node:assert/strict';
import path from 'node:path';
import { clockWords } from '../../src/host/clock.ts';
import type { Session } from '../../src/host/session.ts';
import { connectionNode } from '../../src/tree/connectionNode.ts';
import type { TreeNode } from '../../src/tree/treeNode.ts';
import { assertGolden } from '../harness/golden.ts';
import { captureNames } from '../support/captures.ts';
import { captureData, load, readAt } from './captureTopology.ts';
import { allNodes, renderTree } from './renderTree.ts';
import { sessions } from './states.ts';

const clock = clockWords(() => readAt, 'en', 'UTC');
const describeSession = (session: Session): TreeNode =>
  connectionNode(session, { active: false, access: undefined, clock });
const golden = (name: string): string => path.join(import.meta.dirname, 'golden', `${name}.txt`);

describe('connectionNode', () => {
  const states = sessions();
  const stateOf = (name: string): Session => {
    const session = states.get(name);
    assert.ok(session, name);
    return session;
  };

  it('gives the rows of each capture and of each state', () => {
    for (const [name, session] of states) assertGolden(golden(name), renderTree(describeSession(session)));
  });

  it('gives rows an id of their own, the same after another read', () => {
    const again = sessions();
    for (const [name, session] of states) {
      const ids = allNodes(describeSession(session)).map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length, name);
      const next = again.get(name);
      assert.deepEqual(next === undefined ? [] : allNodes(describeSession(next)).map(({ id }) => id), ids);
    }
  });

  it('keeps the ids of keyspaces, shards and moves when what they say changes', () => {
    const before = allNodes(describeSession(stateOf('04-all-switched'))).map(({ id }) => id);
    const after = new Set(allNodes(describeSession(stateOf('01-created'))).map(({ id }) => id));
    const lasting = before.filter((id) => /^sample\/keyspace:[^/]+(\/(shard|move):[^/]+)?$/.test(id));
    assert.equal(lasting.length, 6);
    assert.deepEqual(
      lasting.filter((id) => !after.has(id)),
      [],
    );
  });

  it('shows every finding of every capture in some row', () => {
    for (const name of captureNames) {
      const topology = load(captureData(name));
      const session: Session = { ...stateOf(name), state: { status: 'loaded', topology } };
      const shown = new Set(allNodes(describeSession(session)).map(({ target }) => target.finding));
      assert.deepEqual(
        topology.diagnosed.findings.filter((finding) => !shown.has(finding)),
        [],
        name,
      );
    }
  });

  it('calls nothing healthy that rests on a record that could not be read', () => {
    const unread = allNodes(describeSession(stateOf('unreadable-rules'))).filter(({ context }) =>
      context.includes('keyspace'),
    );
    assert.deepEqual(
      unread.map(({ state }) => state),
      ['unchecked', 'unchecked'],
    );
    const moves = allNodes(describeSession(stateOf('unreadable-shard'))).filter(({ id }) => /\/move:[^/]+$/.test(id));
    assert.deepEqual(
      moves.map(({ state, icon }) => [state, icon]),
      [['unchecked', 'question']],
    );
    assert.match(
      moves[0]?.spoken ?? '',
      /not fully checked: keyspaces\/customer\/shards\/80-\/Shard could not be read/,
    );
  });

  it('says of an etcd connection whether it may be written, and nothing of a snapshot', () => {
    const connection = { name: 'staging', kind: 'etcd', detail: 'etcd at a:2379' } as const;
    const shown = (access: 'writable' | 'readonly' | undefined): TreeNode =>
      connectionNode({ connection, state: { status: 'disconnected' } }, { active: false, access, clock });
    assert.equal(shown('readonly').description, 'not connected · read-only');
    assert.equal(shown('readonly').spoken, 'connection staging, not connected, read-only, etcd at a:2379');
    assert.equal(shown('writable').description, 'not connected · writable');
    assert.ok(shown('writable').context.includes('writable'));
    assert.equal(shown(undefined).description, 'not connected');
  });

  it('offers a retry on whatever could not be read', () => {
    for (const name of ['unreadable-shard', 'unreadable-rules', 'unreachable-cell', 'unreachable', 'stale']) {
      assert.ok(
        allNodes(describeSession(stateOf(name))).some(({ context }) => context.includes('retry')),
        name,
      );
    }
  });

  it('says every row’s state in words', () => {
    for (const node of allNodes(describeSession(stateOf('12-reverse-vtctld-killed')))) {
      if (node.state === 'error') assert.match(node.spoken, /error|denie|not denied|stale/, node.id);
    }
  });

  it('shows names of a topology as text, whatever they contain', () => {
    const data = captureData('00-before');
    const hostile = 'x`](command:evil)<img src=http://a.b>';
    const global = [
      ...data.global,
      { path: `keyspaces/${hostile.replaceAll('/', '')}/Keyspace`, value: new Uint8Array() },
    ];
    const topology = load({ ...data, global });
    const rows = allNodes(describeSession({ ...stateOf('00-before'), state: { status: 'loaded', topology } }));
    const row = rows.find(({ label }) => label.startsWith('x`'));
    assert.ok(row?.tooltip !== undefined);
    assert.ok(!row.tooltip.includes('](command:'));
    assert.ok(!row.tooltip.includes('<img'));
  });
});
