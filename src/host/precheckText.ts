/** A pre-check as a Markdown document. */
import type { DiagnosedMove } from '../diagnose/diagnose.ts';
import { moveTitle } from '../model/move.ts';
import { recordName } from '../model/record.ts';
import { durationWords, listWords } from '../model/words.ts';
import { isReverseWorkflow } from '../model/workflow.ts';
import type { PrecheckReason, PrecheckRequest, PrecheckResult } from '../repair/precheck/precheckModel.ts';
import { escapeMarkdown, escapeProse, titled } from '../model/markdown.ts';

export type Operation = PrecheckRequest['operation'];

const names: Readonly<Record<Operation, string>> = { switch: 'SwitchTraffic', reverse: 'ReverseTraffic' };

/** What to check of a move: `switch` goes from its source to its target. Undefined for a multi-tenant move whose workflow is not known. */
export function precheckRequest(operation: Operation, move: DiagnosedMove): PrecheckRequest | undefined {
  const { kind, source, target, tables, workflows } = move;
  if (kind !== 'multi-tenant') return { operation, target: { kind: 'tables', tables, from: source, to: target } };
  const forward = workflows.find((name) => name.startsWith(`${target}.`) && !isReverseWorkflow(name));
  const workflow = forward?.slice(target.length + 1);
  return workflow === undefined ? undefined : { operation, target: { kind: 'workflow', keyspace: target, workflow } };
}

/** `Pre-check of SwitchTraffic of customer.commerce2customer`. */
export function precheckTitle(operation: Operation, move: DiagnosedMove): string {
  return `Pre-check of ${names[operation]} of ${moveTitle(move)}`;
}

/** What would fail, what was not looked at, and how long it may take. */
export function precheckText(title: string, detail: string, result: PrecheckResult): string {
  const { subject, reasons, notSeen, timeouts } = result;
  return `${[
    `# ${escapeMarkdown(title)}`,
    escapeMarkdown(detail),
    `**${escapeMarkdown(verdict(result))}**`,
    ...(subject === undefined
      ? []
      : [escapeMarkdown(`${listWords(subject.tables, 12)} from ${subject.from} to ${subject.to}`)]),
    ...(reasons.length === 0 ? [] : ['## What stands in the way', ...reasons.map(reasonBlock)]),
    ...(notSeen.length === 0 ? [] : ['## Not looked at', notSeen.map((words) => `- ${escapeProse(words)}`).join('\n')]),
    '## How long it may take',
    [
      titled('In all', durationWords(timeouts.totalMs / 1000)),
      titled('Locks', durationWords(timeouts.lockWaitMs / 1000)),
      titled('Refresh of tablets', `${durationWords(timeouts.refreshPerSideMs / 1000)} a round`),
      titled('Catching up', durationWords(timeouts.catchUpMs / 1000)),
      titled('After the journal', durationWords(timeouts.postJournalMs / 1000)),
    ].join('  \n'),
    `Give vtctldclient \`${timeouts.advice}\` or more\\.`,
  ].join('\n\n')}\n`;
}

function verdict({ safe, complete, reasons }: PrecheckResult): string {
  if (safe) return 'Nothing that can be seen stands in the way.';
  const unread = complete ? '' : ' Not everything could be checked.';
  return `Do not start it: ${reasons.length === 1 ? 'something stands' : `${reasons.length} things stand`} in the way.${unread}`;
}

function reasonBlock({ code, message, record }: PrecheckReason): string {
  const where = record === undefined ? '' : ` in ${recordName(record)}`;
  return [`### ${escapeMarkdown(`${code}${where}`)}`, escapeProse(message)].join('\n\n');
}
