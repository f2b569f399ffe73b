/** How a plan prints for people, before anything is changed. */
import {
  recordTotals,
  type Plan,
  type PlanGuard,
  type PlanResult,
  type PlanStep,
  type Refusal,
} from '../model/plan.ts';
import { recordName } from '../model/record.ts';
import { count, listWords } from '../model/words.ts';
import { storedText } from '../records/recordText.ts';
import { lineDiff, type DiffLine } from './lineDiff.ts';
import { painter, plain, wrap, type Colour, type Paint, type TextStyle } from './paint.ts';

/** The steps with every record before and after, what they rest on, and what is not part of the plan. */
export function planText({ plan, refusals }: PlanResult, style: TextStyle): string {
  const printer = { style, paint: painter(style) };
  return [
    ...(plan === undefined ? [] : planLines(plan, printer)),
    ...(refusals.length === 0 ? [] : [printer.paint('bold', 'Not part of it'), '']),
    ...refusals.flatMap((refusal) => refusalLines(refusal, printer)),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/**
 * What a confirmation names: `4 records in keyspaces commerce and customer, of tables corder and customer, in cell zone1`;
 * where nothing is written, the shards whose tablets are refreshed.
 */
export function planReach(plan: Plan): string {
  const records = recordTotals(plan).length;
  const locks = plan.steps.flatMap((step) => (step.kind === 'release-locks' ? step.locks : [])).length;
  const shards = plan.steps.flatMap((step) => (step.kind === 'refresh' ? step.shards : [])).length;
  const amounts = [
    ...(records === 0 ? [] : [count(records, 'record')]),
    ...(locks === 0 ? [] : [count(locks, "lock of another's", "locks of others'")]),
    ...(records > 0 || shards === 0 ? [] : [`tablets of ${count(shards, 'shard')}`]),
  ];
  const { keyspaces, tables, cells } = plan;
  return plain(
    [
      listWords(amounts),
      ...named('in', 'keyspace', keyspaces),
      ...named(', of', 'table', tables),
      ...named(', in', 'cell', cells),
    ]
      .join(' ')
      .replaceAll(' ,', ','),
  );
}

function named(before: string, singular: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [`${before} ${singular}${names.length === 1 ? '' : 's'} ${listWords(names, 12)}`];
}

interface Printer {
  readonly style: TextStyle;
  readonly paint: Paint;
}

function planLines(plan: Plan, printer: Printer): string[] {
  const { paint } = printer;
  return [
    ...plan.warnings.flatMap((warning) => [...marked(paint('yellow', '!'), sentence(warning, printer, 2)), '']),
    ...(plan.findings.length === 0 ? [] : [paint('bold', 'Repairs')]),
    ...plan.findings.map(({ code, places: [{ record }] }) => `  ${code}  ${paint('dim', plain(recordName(record)))}`),
    ...(plan.findings.length === 0 ? [] : ['']),
    ...plan.steps.flatMap((step, index) => [
      paint('bold', plain(`${index + 1}. ${step.title}`)),
      ...stepLines(step, printer),
      '',
    ]),
    ...(plan.locks.length === 0 ? [] : [plain(`Under Vitess's locks on ${listWords(plan.locks, 12)}.`)]),
    ...(plan.guards.length === 0 ? [] : sentence(guardWords(plan.guards), printer)),
    '',
  ];
}

function stepLines(step: PlanStep, printer: Printer): string[] {
  switch (step.kind) {
    case 'release-locks':
      return step.locks.flatMap(({ lockedPath, holder, evidence }) =>
        sentence(`${lockedPath}, held by ${holder}: ${evidence}.`, printer, 3),
      );
    case 'refresh':
      return [
        plain(
          `   ${listWords(
            step.shards.map(({ keyspace, shard }) => `${keyspace}/${shard}`),
            12,
          )}`,
        ),
      ];
    case 'write':
      return step.changes.flatMap(({ record, before, after, why }) => [
        ...sentence(`${recordName(record)} ${why}`, printer, 3),
        ...lineDiff(textLines(storedText(record, before)), textLines(storedText(record, after))).map(
          (line) => `   ${diffLine(line, printer.paint)}`,
        ),
      ]);
  }
}

function textLines(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}

const diffMarks: Readonly<Record<DiffLine['kind'], { readonly mark: string; readonly colour?: Colour }>> = {
  same: { mark: ' ' },
  gap: { mark: '  …', colour: 'dim' },
  removed: { mark: '-', colour: 'red' },
  added: { mark: '+', colour: 'green' },
};

function diffLine({ kind, text }: DiffLine, paint: Paint): string {
  const { mark, colour } = diffMarks[kind];
  const line = plain(`${mark}${text}`);
  return colour === undefined ? line : paint(colour, line);
}

function guardWords(guards: readonly PlanGuard[]): string {
  const records = guards.flatMap((guard) => (guard.kind === 'record' ? [recordName(guard.record)] : []));
  const shards = guards.flatMap((guard) => (guard.kind === 'shards' ? [guard.keyspace] : []));
  const unchanged = [...records, ...shards.map((keyspace) => `every Shard record of ${keyspace}`)];
  return `Nothing is written unless these are still as they were read: ${listWords(unchanged, 12)}.`;
}

function refusalLines({ finding, reason, commands }: Refusal, printer: Printer): string[] {
  const record = printer.paint('dim', plain(recordName(finding.places[0].record)));
  const byHand =
    commands.trimEnd() === '' ? [] : ['  By hand:', ...textLines(commands).map((line) => plain(`    ${line}`))];
  return [`${finding.code}  ${record}`, ...sentence(reason, printer, 2), ...byHand, ''];
}

/** A paragraph in lines as wide as the terminal. */
function sentence(text: string, { style: { width } }: Printer, indent = 0): string[] {
  const most = width === undefined ? undefined : Math.max(20, width - indent);
  return wrap(plain(text), most).map((line) => `${' '.repeat(indent)}${line}`);
}

/** Puts a mark where the first line's indentation is. */
function marked(mark: string, [first = '', ...rest]: readonly string[]): string[] {
  return [`${mark} ${first.trimStart()}`, ...rest];
}
