/** How `switch` and `reverse` print. */
import type { DiagnosedTopology } from '../diagnose/diagnose.ts';
import { count, listWords } from '../model/words.ts';
import type { PrecheckResult, PrecheckSubject } from '../repair/precheck/precheckModel.ts';
import { operationName } from '../repair/precheck/precheckSubject.ts';
import type { SwitchRecord, SwitchRequest } from '../switch/switchModel.ts';
import { verdictWords } from '../switch/verdictWords.ts';
import { precheckJson } from './json.ts';
import { painter, plain, wrap, type TextStyle } from './paint.ts';

/** What was found before anything is started. */
export interface SwitchProposal {
  readonly request: SwitchRequest;
  readonly precheck: PrecheckResult;
  /** vtctld's own words; undefined where it was not asked because the pre-check found something. */
  readonly dryRun: readonly string[] | undefined;
}

/** What vtctld said that it would do. */
export function dryRunText(lines: readonly string[], style: TextStyle): string {
  const paint = painter(style);
  const steps = lines.flatMap((line) => wrap(plain(line), style.width).map((part) => `  ${part}`));
  return [paint('bold', 'vtctld would'), ...steps, '', ''].join('\n');
}

/** Names everything that the operation moves. */
export function switchQuestion({ operation, tabletTypes, cells }: SwitchRequest, subject: PrecheckSubject): string {
  const { from, to, tables } = subject;
  const what = tables.length === 0 ? 'the tenant’s tables' : listWords(tables, 12);
  const where = cells.length === 0 ? 'every cell' : listWords(cells, 12);
  return `${operationName(operation)}: move ${listWords(tabletTypes)} traffic of ${what} from ${from} to ${to} in ${where}?`;
}

/** What came of it. */
export function switchText(run: SwitchRecord, style: TextStyle): string {
  const paint = painter(style);
  const { verdict = 'not-checked', message, findings, snapshot, id, events } = run;
  const colour = verdict === 'switched' ? 'green' : 'red';
  return [
    paint(colour, verdictWords[verdict]),
    ...(message === undefined ? [] : wrap(plain(message), style.width)),
    ...findings.map(
      ({ code, record }) => `${paint('red', '✗')} ${paint('bold', code)}  ${paint('dim', plain(record))}`,
    ),
    ...(verdict === 'contradictory'
      ? ['Next: vitess-topo repair --plan with the same address shows how to repair it.']
      : []),
    paint(
      'dim',
      plain(
        `Run ${id}, ${count(events.length, 'change')} seen${snapshot === undefined ? '' : `; before: ${snapshot}`}`,
      ),
    ),
    '',
  ].join('\n');
}

/** The pre-check, what vtctld would do, and what came of it; null for what was not reached. */
export function switchJson(
  { precheck, dryRun }: SwitchProposal,
  diagnosed: DiagnosedTopology,
  run: SwitchRecord | undefined,
): object {
  return { precheck: precheckJson(precheck, diagnosed), dryRun: dryRun ?? null, run: run ?? null };
}
