/** A plan and its run as Markdown documents: for reading before it runs, and for the ticket afterwards. */
import { recordTotals, type Plan, type PlanResult, type Refusal } from '../model/plan.ts';
import { recordName } from '../model/record.ts';
import { count, listWords, moment } from '../model/words.ts';
import { stepsText } from '../repair/planSteps.ts';
import type { RunRecord, StepRecord } from '../repair/ports.ts';
import { findingTitle } from '../model/findingTitle.ts';
import { escapeMarkdown, escapeProse, fenced, titled } from '../model/markdown.ts';

/** What a preview shows of the connection. */
export interface PlanSubject {
  /** The connection's name and where it leads, in words. */
  readonly connection: string;
  readonly detail: string;
  /** How tablets are told, in words. */
  readonly tablets: string;
}

/** The plan before it runs: what, in which order, guarded by what; and what is not part of it. */
export function planText({ plan, refusals }: PlanResult, { connection, detail, tablets }: PlanSubject): string {
  const blocks = [`# ${escapeMarkdown(`Repair of ${connection}`)}`, escapeMarkdown(detail)];
  if (plan === undefined)
    blocks.push(refusals.length === 0 ? 'Nothing needs a repair\\.' : 'Nothing can be repaired\\.');
  else blocks.push(...planBlocks(plan, tablets));
  if (refusals.length > 0) blocks.push('## Not part of it', ...refusals.map(refusalBlock));
  return `${blocks.join('\n\n')}\n`;
}

/** What the confirmation says: what will change, by name, in a few lines of plain text. */
export function confirmationText(plan: Plan, { detail, tablets }: PlanSubject): string {
  const records = recordTotals(plan).length;
  const locks = plan.steps.flatMap((step) => (step.kind === 'release-locks' ? step.locks : []));
  const lines = [
    detail,
    ...named('Keyspaces', plan.keyspaces),
    ...named('Tables', plan.tables),
    ...named('Cells', plan.cells),
    `${count(records, 'record is', 'records are')} written. Tablets: ${tablets}.`,
    ...locks.map(({ lockedPath, holder }) => `The lock on ${lockedPath} is taken away from ${holder}.`),
    ...plan.warnings,
  ];
  return lines.join('\n');
}

/** How a run went: each step, what stands, and what to do next. */
export function runText(run: RunRecord): string {
  const title =
    run.kind === 'undo' ? `Undo of ${run.undoes ?? 'a run'}` : `Repair of ${run.connection ?? run.topology}`;
  const { userName, hostName } = run.who;
  return `${[
    `# ${escapeMarkdown(title)}`,
    `**${escapeMarkdown(statusWords[run.status])}**`,
    ...(run.message === undefined ? [] : [escapeProse(run.message)]),
    [
      titled('Where', run.topology),
      titled('Who', `${userName}@${hostName}`),
      titled('Started', moment(run.startedAt)),
      ...(run.endedAt === undefined ? [] : [titled('Ended', moment(run.endedAt))]),
      titled('Run', run.id),
    ].join('  \n'),
    '## Steps',
    run.steps.map(stepLine).join('\n'),
    '## Records',
    recordLines(run.plan),
  ].join('\n\n')}\n`;
}

/** What a run's status means. */
export const statusWords: Readonly<Record<RunRecord['status'], string>> = {
  running: 'Running.',
  done: 'Done, and verified by reading everything again.',
  unchanged: 'Nothing was changed.',
  undone: 'Not repaired: what was written was taken back.',
  stopped: 'Stopped half way.',
};

function planBlocks(plan: Plan, tablets: string): string[] {
  const revision = plan.revision === undefined ? '' : ` Made from revision ${plan.revision}.`;
  return [
    escapeMarkdown(`Nothing has been changed yet.${revision}`),
    ...plan.warnings.map((warning) => `> ⚠ ${escapeProse(warning)}`),
    ...(plan.findings.length === 0 ? [] : ['## What it repairs', plan.findings.map(findingLine).join('\n')]),
    '## Steps',
    stepsText(plan),
    titled('Tablets are told by', tablets),
    '## Guarded by',
    guardLines(plan),
  ];
}

function findingLine(finding: Plan['findings'][number]): string {
  return `- ${escapeMarkdown(`${findingTitle(finding)} (${finding.code})`)}`;
}

function guardLines({ locks, guards }: Plan): string {
  const held = locks.map((path) => `- ${escapeMarkdown(`the lock on ${path}, which Vitess honours`)}`);
  const unchanged = guards.map((guard) =>
    guard.kind === 'shards'
      ? `every Shard record of ${guard.keyspace} as it was read`
      : guard.modRevision === '0'
        ? `${recordName(guard.record)} still absent`
        : `${recordName(guard.record)} as it was read, at revision ${guard.modRevision}`,
  );
  return [...held, ...unchanged.map((words) => `- ${escapeMarkdown(words)}`)].join('\n');
}

function refusalBlock({ finding, reason, commands }: Refusal): string {
  const byHand = commands === '' ? [] : ['By hand:', fenced(commands)];
  return [`### ${escapeMarkdown(findingTitle(finding))}`, escapeProse(reason), ...byHand].join('\n\n');
}

const stepMarks: Readonly<Record<StepRecord['status'], string>> = {
  waiting: '○',
  running: '…',
  done: '✓',
  failed: '✗',
  undone: '↶',
  skipped: '–',
};

function stepLine({ title, status, message, revision }: StepRecord): string {
  const at = revision === undefined ? '' : ` at revision ${revision}`;
  const said = message === undefined ? '' : `\n   ${escapeProse(message)}`;
  return `- ${stepMarks[status]} ${escapeMarkdown(`${title}: ${status}${at}`)}${said}`;
}

function recordLines(plan: Plan): string {
  return recordTotals(plan)
    .map(({ record }) => `- ${escapeMarkdown(recordName(record))}`)
    .join('\n');
}

function named(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${title}: ${listWords(names, 12)}`];
}
