import { lockHolder, lockTarget } from '../../model/lock.ts';
import { qualifiedWorkflow } from '../../model/workflow.ts';
import { parseLockContents } from '../../records/lockContents.ts';
import type { ChangeWords, WrittenRecord } from './changeWords.ts';

/** Who took or released which lock. */
export function lockWords({ before, now }: WrittenRecord, lockedPath: string): ChangeWords {
  const target = lockTarget(lockedPath);
  const stored = now ?? before;
  const holder = stored === undefined ? 'somebody' : lockHolder(parseLockContents(stored.value));
  const subject = subjectOf(lockedPath);
  return {
    kind: now === undefined ? 'lock-released' : 'lock-taken',
    text:
      now === undefined
        ? `${subject} is released; it was asked for by ${holder}`
        : before === undefined
          ? `${subject} is asked for by ${holder}`
          : `${subject} is written again by ${holder}`,
    keyspaces: target.kind === 'other' ? [] : [target.keyspace],
  };
}

function subjectOf(lockedPath: string): string {
  const target = lockTarget(lockedPath);
  switch (target.kind) {
    case 'keyspace':
      return `the lock of keyspace ${target.keyspace}`;
    case 'shard':
      return `the lock of shard ${target.keyspace}/${target.shard}`;
    case 'workflow':
      return `the lock of workflow ${qualifiedWorkflow({ keyspace: target.keyspace, name: target.workflow })}`;
    case 'other':
      return `the lock of ${lockedPath}`;
  }
}
