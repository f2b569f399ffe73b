import { commandIds } from '../contributions/ids.ts';
import { ageSeconds } from '../diagnose/lockEvidence.ts';
import { lockedWords } from '../model/findingTitle.ts';
import { healthOf, healthState } from '../model/health.ts';
import { escapeProse } from '../model/markdown.ts';
import type { Lock } from '../model/lock.ts';
import { count, durationWords } from '../model/words.ts';
import { findingWords } from './findingNode.ts';
import type { TreeContext } from './treeContext.ts';
import { joinWords, worstFirst, type TreeNode } from './treeNode.ts';

/** The group of locks, for a topology that has any: who holds what, since when. */
export function locksNodes(context: TreeContext): TreeNode[] {
  const { connection, index } = context;
  const { locks } = index.topology.snapshot;
  if (locks.length === 0) return [];
  const id = `${connection}/locks`;
  const nodes = worstFirst(locks.map((lock) => lockNode(context, id, lock)));
  const findings = locks.flatMap(({ record }) => index.ofLock(record));
  const health = healthOf(findings);
  const state = healthState(health);
  const abandoned = findings.filter(({ code }) => code === 'abandoned-lock').length;
  const words = joinWords([
    abandoned > 0 ? `${abandoned} abandoned` : '',
    locks.length > abandoned ? `${locks.length - abandoned} held` : '',
  ]);
  return [
    {
      id,
      label: 'Locks',
      description: words,
      icon: 'lock',
      state: state === 'info' || state === 'healthy' ? 'none' : state,
      spoken: `${count(locks.length, 'lock')}, ${words}`,
      context: [],
      target: { connection },
      errors: health.errors,
      expanded: state === 'error' || state === 'unchecked',
      children: () => nodes,
    },
  ];
}

function lockNode({ connection, index }: TreeContext, parentId: string, lock: Lock): TreeNode {
  const [finding] = index.ofLock(lock.record);
  const abandoned = finding?.code === 'abandoned-lock';
  const unread = lock.contents.status !== 'loaded';
  const locked = lockedWords(lock.lockedPath);
  const words = joinWords([abandoned ? 'abandoned' : '', ...holderWords(lock, index.topology.snapshot.readAt)]);
  return {
    id: `${parentId}/${lock.record.path}`,
    label: locked,
    description: words,
    icon: abandoned ? 'error' : unread ? 'question' : 'lock',
    state: abandoned ? 'error' : unread ? 'unchecked' : 'info',
    ...(finding === undefined ? {} : { tooltip: escapeProse(finding.message) }),
    spoken: joinWords([`lock on ${locked}`, words], ', '),
    context: finding === undefined ? ['record'] : findingWords(finding),
    target: { connection, record: lock.record, ...(finding === undefined ? {} : { finding }) },
    command: commandIds.openRecord,
  };
}

/** The holder, what for, and the age when the topology was read. */
function holderWords(lock: Lock, readAt: number): string[] {
  const { contents } = lock;
  if (contents.status === 'failed') return [`could not read its holder: ${contents.reason}`];
  if (contents.status === 'absent') return ['names no holder'];
  const { action, hostName, userName } = contents.value;
  const age = ageSeconds(lock, readAt);
  return [
    `${userName || 'unknown'}@${hostName || 'unknown'}`,
    action,
    age === undefined ? 'age unknown' : durationWords(age),
  ];
}
