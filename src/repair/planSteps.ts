/** A plan's steps as Markdown. */
import { escapeMarkdown, escapeProse, type Escape } from '../model/markdown.ts';
import type { Plan, PlanStep } from '../model/plan.ts';
import { recordName } from '../model/record.ts';
import { listWords } from '../model/words.ts';

/** The steps as a numbered list, each with what it writes, refreshes or releases. */
export function stepsText(plan: Plan, escape: Escape = escapeMarkdown): string {
  return plan.steps
    .map(
      (step, index) =>
        `${index + 1}. **${escape(step.title)}**${stepDetail(step, escape)
          .map((line) => `\n   - ${line}`)
          .join('')}`,
    )
    .join('\n');
}

function stepDetail(step: PlanStep, escape: Escape): string[] {
  switch (step.kind) {
    case 'release-locks':
      return step.locks.map(({ lockedPath, holder, evidence }) =>
        escapeProse(`${lockedPath}, held by ${holder}: ${evidence}`, escape),
      );
    case 'write':
      return step.changes.map(({ record, why }) => escapeProse(`${recordName(record)}: ${why}`, escape));
    case 'refresh':
      return [escape(listWords(step.shards.map(({ keyspace, shard }) => `${keyspace}/${shard}`)))];
  }
}
