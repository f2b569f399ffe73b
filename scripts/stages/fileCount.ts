import type { TestFailure } from '../../test/harness/report.ts';

/** Tests per file for each stage that runs test files, by the stage's name. */
export type FilesByStage = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A failure for each test file on disk that did not run in exactly one stage, and for each that ran without being on disk. */
export function checkFileCount(onDisk: readonly string[], ran: FilesByStage): TestFailure[] {
  const stagesOf = (file: string): string[] =>
    Object.entries(ran).flatMap(([stage, files]) => ((files[file] ?? 0) > 0 ? [stage] : []));
  const missedOrTwice = onDisk
    .map((file) => ({ file, stages: stagesOf(file) }))
    .filter(({ stages }) => stages.length !== 1)
    .map(({ file, stages }) => ({
      title: file,
      error: stages.length === 0 ? 'no stage ran a test of this file' : `it ran in ${stages.join(' and ')}`,
    }));
  const unknown = Object.entries(ran).flatMap(([stage, files]) =>
    Object.keys(files)
      .filter((file) => !onDisk.includes(file))
      .map((file) => ({ title: file, error: `stage ${stage} ran it, and it is not a test file on disk` })),
  );
  return [...missedOrTwice, ...unknown];
}
