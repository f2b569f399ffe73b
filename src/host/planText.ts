/** A plan and its run as Markdown documents: for reading before it runs, and for the ticket afterwards. */
import { recordTotals, type Plan, type PlanResult, type Refusal } from '../model/plan.ts';
import { recordName } from '../model/record.ts';
import { count, listWords, moment } from '../model/words.ts';
import { stepsText } from '../repair/planSteps.ts';
import type { RunRecord, StepRecord } from '../repair/ports.ts';
import { runStatusWords } from '../repair/runWords.ts';
import { findingTitle, lockedWords } from '../model/findingTitle.ts';
import { escapeMarkdown, escapeProse, fenced, titled } from '../model/markdown.ts';

/** What a preview shows of the connection. */
export interface PlanSubject {
  /** What the documents are called: `Repair of production`. */
  readonly title: string;
  /** Where the connection leads, in words. */
  readonly detail: string;
  /** How tablets are had to read their Shard record, in a whole sentence. */
  readonly tablets: string;
}

/** The plan before it runs: what, in which order, guarded by what; and what is not part of it. */
export function planText({ plan, refusals }: PlanResult, { title, detail, tablets }: PlanSubject): string {
  const blocks = [`# ${escapeMarkdown(title)}`, escapeMarkdown(detail)];
  if (plan === undefined)
    blocks.push(refusals.length === 0 ? 'Nothing needs a repair\\.' : 'Nothing can be repaired\\.');
  else blocks.push(...planBlocks(plan, tablets));
  if (refusals.length > 0) blocks.push('## Not part of it', ...refusals.map(refusalBlock));
  return `${blocks.join('\n\n')}\n`;
}

const mostNamed = 5;

/** What the confirmation says: what will change, by name, in a few lines of plain text. */
export function confirmationText(plan: Plan, { detail, tablets }: PlanSubject): string {
  const records = recordTotals(plan).length;
  const locks = plan.steps.flatMap((step) => (step.kind === 'release-locks' ? step.locks : []));
  const named = [
    ...namedLine('Keyspaces', plan.keyspaces),
    ...namedLine('Tables', plan.tables),
    ...namedLine('Cells', plan.cells),
  ];
  const written = records === 0 ? 'No record is written.' : `${count(records, 'record is', 'records are')} written.`;
  const blocks = [
    detail,
    named.join('\n'),
    plan.steps.every(({ kind }) => kind === 'release-locks') ? '' : `${written} ${tablets}`,
    ...atMost(
      locks.map(
        ({ lockedPath, holder, evidence }) =>
          `The lock on ${lockedWords(lockedPath)} is taken away from ${holder}: ${evidence}.`,
      ),
      'lock',
    ),
    ...atMost(plan.warnings, 'warning'),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

/** A dialog does not scroll: the plan's document has them all. */
function atMost(lines: readonly string[], what: string): string[] {
  const more = lines.length - mostNamed;
  return more > 0
    ? [...lines.slice(0, mostNamed), `And ${count(more, `more ${what}`)}; the plan names them.`]
    : [...lines];
}

/** How a run went: each step, what stands, and what to do next; `died` is what is known of one that was cut off. */
export function runText(run: RunRecord, died?: string): string {
  const title =
    run.kind === 'undo' ? `Undo of ${run.undoes ?? 'a run'}` : `Repair of ${run.connection ?? run.topology}`;
  const { userName, hostName } = run.who;
  return `${[
    `# ${escapeMarkdown(title)}`,
    `**${escapeMarkdown(died === undefined ? runStatusWords[run.status] : 'Cut off.')}**`,
    ...[died ?? run.message].flatMap((words) => (words === undefined ? [] : [escapeProse(words)])),
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

function planBlocks(plan: Plan, tablets: string): string[] {
  const revision = plan.revision === undefined ? '' : ` Made from revision ${plan.revision}.`;
  return [
    escapeMarkdown(`Nothing has been changed yet.${revision}`),
    ...plan.warnings.map((warning) => `> ⚠ ${escapeProse(warning)}`),
    ...(plan.findings.length === 0 ? [] : ['## What it repairs', plan.findings.map(findingLine).join('\n')]),
    '## Steps',
    stepsText(plan),
    escapeMarkdown(tablets),
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
      : guardedRecord(recordName(guard.record), guard.modRevision),
  );
  return [...held, ...unchanged.map((words) => `- ${escapeMarkdown(words)}`)].join('\n');
}

/** A source without revisions guards nothing, and its plan is only shown. */
function guardedRecord(name: string, modRevision: string): string {
  if (modRevision === '0') return `${name} still absent`;
  return `${name} as it was read${modRevision === '' ? '' : `, at revision ${modRevision}`}`;
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
  // Two spaces before it make a line break.
  const said = message === undefined ? '' : `  \n  ${escapeProse(message)}`;
  return `- ${stepMarks[status]} ${escapeMarkdown(`${title}: ${status}${at}`)}${said}`;
}

function recordLines(plan: Plan): string {
  return recordTotals(plan)
    .map(({ record }) => `- ${escapeMarkdown(recordName(record))}`)
    .join('\n');
}

function namedLine(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${title}: ${listWords(names, 12)}`];
}
