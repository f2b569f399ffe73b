import type { TestFailure } from '../../test/harness/report.ts';
import { runCommand } from '../tools/run.ts';

/** What one stage found. */
export interface StageResult {
  readonly passed: number;
  readonly failures: readonly TestFailure[];
  /** What was counted, where it is not tests: e.g. `212 files`. */
  readonly detail?: string;
  /** How many tests of each test file ran, by path from the project's folder; absent for a stage that runs no test files. */
  readonly files?: Readonly<Record<string, number>>;
}

/** One step of `npm test`. */
export interface Stage {
  /** The word that selects it: `npm test -- <name>`. */
  readonly name: string;
  /** What it checks, for its header line. */
  readonly title: string;
  /** Puts in place what it needs, each thing once a run; what throws here fails the stage. */
  readonly prepare: () => Promise<void>;
  readonly run: () => Promise<StageResult>;
}

/** A stage's result when all that can be said is that it failed. */
export function failed(title: string, error: string): StageResult {
  return { passed: 0, failures: [{ title, error }] };
}

/** One command as one check; `detail` reads what was counted from its output, and undefined there means that it checked nothing. */
export async function checkCommand(
  title: string,
  command: string,
  args: readonly string[],
  detail: (output: string) => string | undefined,
): Promise<StageResult> {
  const { code, output } = await runCommand(command, args);
  if (code !== 0) return failed(title, output.trim());
  const counted = detail(output);
  return counted === undefined
    ? failed(title, `it checked nothing:\n${output.trim()}`)
    : { passed: 1, failures: [], detail: counted };
}

/** Adds up the results of a stage's parts. */
export function combine(...results: readonly StageResult[]): StageResult {
  const details = results.flatMap((result) => result.detail ?? []);
  return {
    passed: results.reduce((sum, result) => sum + result.passed, 0),
    failures: results.flatMap((result) => result.failures),
    ...(details.length === 0 ? {} : { detail: details.join(', ') }),
  };
}

/** Runs an asynchronous step at the first call and gives every caller its outcome. */
export function once(step: () => Promise<unknown>): () => Promise<void> {
  let outcome: Promise<unknown> | undefined;
  return async () => {
    outcome ??= step();
    await outcome;
  };
}
