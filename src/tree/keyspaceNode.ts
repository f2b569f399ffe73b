import { healthOf, healthState, healthWords } from '../model/health.ts';
import { escapeMarkdown, titled } from '../model/markdown.ts';
import { globalRecord } from '../model/record.ts';
import { count, listWords } from '../model/words.ts';
import type { KeyspaceRecords } from '../records/snapshot.ts';
import { findingLines, findingNodes, hasRepair } from './findingNode.ts';
import { moveLinkNode, moveNode } from './moveNode.ts';
import { shardNode } from './shardNode.ts';
import type { TreeContext } from './treeContext.ts';
import { described, joinWords, worstFirst, type TreeNode } from './treeNode.ts';

/** A keyspace: the moves to it, the moves from it, and its shards; within each kind broken ones first. */
export function keyspaceNode(context: TreeContext, keyspace: KeyspaceRecords): TreeNode {
  const { connection, index } = context;
  const { name, shards } = keyspace;
  const id = `${connection}/keyspace:${name}`;
  const findings = index.allOfKeyspace(keyspace);
  const unread = index.unreadOfKeyspace(keyspace);
  const health = healthOf(findings);
  const found = healthState(health);
  const state = found !== 'error' && unread.length > 0 ? 'unchecked' : found;
  const movesTo = index.movesTo(name);
  const wrong = joinWords([
    healthWords(health),
    unread.length > 0 && health.unchecked === 0 ? `not fully checked: ${listWords(unread, 2)} could not be read` : '',
  ]);
  const facts = [
    shardedWords(keyspace),
    count(shards.length, 'shard'),
    movesTo.length > 0 ? count(movesTo.length, 'move') : '',
  ];
  return {
    id,
    label: name,
    ...described(joinWords([wrong, ...facts])),
    icon: state === 'unchecked' ? 'question' : state === 'error' || state === 'warning' ? state : 'layers',
    state: state === 'healthy' || state === 'info' ? 'none' : state,
    tooltip: [
      `**${escapeMarkdown(name)}**`,
      escapeMarkdown(joinWords(facts, ', ')),
      ...(unread.length > 0 ? [titled('Not fully checked', `${listWords(unread)} could not be read`)] : []),
      ...findingLines(findings),
    ].join('\n\n'),
    spoken: joinWords([`keyspace ${name}`, wrong === '' ? 'no contradictions' : wrong, ...facts], ', '),
    context: hasRepair(findings) ? ['keyspace', 'record', 'repairable'] : ['keyspace', 'record'],
    target: { connection, keyspace: name, record: keyspaceRecord(keyspace) },
    errors: health.errors,
    expanded: state === 'error' || state === 'unchecked',
    children: () => [
      ...findingNodes(connection, id, index.ofKeyspaceItself(name)),
      ...worstFirst(movesTo.map((move) => moveNode(context, move))),
      ...worstFirst(index.movesFrom(name).map((move) => moveLinkNode(context, id, move))),
      ...worstFirst(shards.map((shard) => shardNode(context, name, shard))),
    ],
  };
}

function keyspaceRecord({ name, vschema }: KeyspaceRecords): { readonly path: string } {
  return vschema.status === 'absent' ? globalRecord.keyspace(name) : globalRecord.vschema(name);
}

function shardedWords({ vschema }: KeyspaceRecords): string {
  if (vschema.status === 'failed') return '';
  return vschema.status === 'loaded' && vschema.value.sharded ? 'sharded' : 'unsharded';
}
