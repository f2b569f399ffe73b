/** Writes a runbook: what is broken, what to decide, and every step with its check. Pure: the same topology gives the same text. */
import { escaped } from './runbook/readable.ts';
import type { RepairRequest, RepairScope } from '../model/plan.ts';
import type { DiagnosedMove } from '../diagnose/diagnose.ts';
import { planRepair } from './planRepair.ts';
import { repairContext, type JudgedTopology } from './repairContext.ts';
import { beforeSwitchBlocks } from './runbook/beforeSwitch.ts';
import { byHandBlocks } from './runbook/byHand.ts';
import { decideBlocks } from './runbook/decide.ts';
import { lockBlocks, toolBlocks } from './runbook/repairBlocks.ts';
import type { RunbookContext, RunbookSubject } from './runbook/runbookModel.ts';
import { applicationBlocks, scopeWords, situationBlocks, uncheckedBlocks } from './runbook/situation.ts';
import { ticketBlocks, verifyBlocks } from './runbook/verify.ts';

export type { RunbookSubject } from './runbook/runbookModel.ts';

/**
 * The runbook for a scope as Markdown. What comes from the topology is escaped
 * in its prose and quoted in its commands. The scope is one that `resolveScope` gave.
 */
export function runbook(request: RepairRequest, topology: JudgedTopology, subject: RunbookSubject): string {
  const context = runbookContext(request, topology, subject);
  const { found, unread } = context;
  const broken = found.some(({ severity }) => severity !== 'info');
  const blocks = [
    `# ${escaped(`Runbook for ${scopeWords(request.scope, context)} of ${subject.name}`)}`,
    ...uncheckedBlocks(context),
    ...situationBlocks(context),
    ...(broken || unread.length > 0 ? [] : ['**Nothing contradicts anything here: there is nothing to repair.**']),
    ...applicationBlocks(context),
    ...decideBlocks(context),
    ...lockBlocks(context),
    ...(broken ? [...toolBlocks(context), ...byHandBlocks(context)] : []),
    ...(broken || unread.length > 0
      ? [...verifyBlocks(context), ...ticketBlocks(context)]
      : beforeSwitchBlocks(context)),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function runbookContext(request: RepairRequest, topology: JudgedTopology, subject: RunbookSubject): RunbookContext {
  const { findings } = topology.diagnosed;
  const result = planRepair(request, topology);
  const inScope = new Set([...(result.plan?.findings ?? []), ...result.refusals.map(({ finding }) => finding)]);
  const isUnread = ({ code }: { readonly code: string }): boolean => code === 'record-unreadable';
  return {
    ...repairContext(request, topology, {}),
    subject,
    result,
    scoped: movesInScope(request.scope, topology),
    found: findings.filter((finding) => inScope.has(finding) && !isUnread(finding)),
    unread: findings.filter(isUnread),
  };
}

function movesInScope(scope: RepairScope, { diagnosed: { moves, findings } }: JudgedTopology): DiagnosedMove[] {
  switch (scope.kind) {
    case 'all':
      return [...moves];
    case 'keyspace':
      return moves.filter(({ source, target }) => [source, target].includes(scope.keyspace));
    case 'move':
      return moves.filter(({ id }) => id === scope.move);
    case 'finding': {
      const named = new Set(findings.filter(({ code }) => code === scope.code).map(({ move }) => move));
      return moves.filter(({ id }) => named.has(id));
    }
  }
}
