import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type Mocha from 'mocha';

/** One failed test or hook. */
export interface TestFailure {
  /** The titles from the outermost `describe` on. */
  readonly title: string;
  /** The message with the stack, as thrown. */
  readonly error: string;
}

/** What one mocha run did; written as JSON because a run may live in another process or in an extension host. */
export interface TestReport {
  readonly passed: number;
  readonly failures: readonly TestFailure[];
  /** How many tests of each file passed or failed, by path from the project's folder. */
  readonly files: Readonly<Record<string, number>>;
}

/** Stricter than mocha's defaults: a test that is skipped or runs alone fails the run. */
export const strictOptions: Mocha.MochaOptions = { ui: 'bdd', timeout: 5000, forbidOnly: true, forbidPending: true };

/** A mocha reporter class that prints nothing and writes a `TestReport` to `reportFile` when the run ends. */
export function reportTo(
  reportFile: string,
  root: string,
  Base: typeof Mocha.reporters.Base,
): Mocha.ReporterConstructor {
  return class ReportWriter extends Base {
    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
      super(runner, options);
      const failures: TestFailure[] = [];
      const files: Record<string, number> = {};
      let passed = 0;
      const count = (test: Mocha.Runnable): void => {
        const file = path.relative(root, test.file ?? 'unknown').replaceAll('\\', '/');
        files[file] = (files[file] ?? 0) + 1;
      };
      runner.on('pass', (test) => {
        passed += 1;
        count(test);
      });
      runner.on('fail', (test, error: unknown) => {
        failures.push({ title: test.titlePath().join(' › '), error: describeError(error) });
        count(test);
      });
      runner.on('end', () => {
        mkdirSync(path.dirname(reportFile), { recursive: true });
        writeFileSync(reportFile, JSON.stringify({ passed, failures, files } satisfies TestReport, null, 1));
      });
    }
  };
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
