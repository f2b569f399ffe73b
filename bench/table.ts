import { median, type Measurement } from './benchmark.ts';

const header = ['', 'median', 'least to most', 'target', 'compared'];

/** Measurements as lines of a table for a terminal. */
export function tableLines(measurements: readonly Measurement[]): string[] {
  const rows = [header, ...measurements.map((measurement) => cells(measurement, measurements))];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function cells({ what, unit, samples, target, comparedWith }: Measurement, all: readonly Measurement[]): string[] {
  const middle = median(samples);
  const spread = samples.length === 1 ? '' : `${rounded(Math.min(...samples))} to ${rounded(Math.max(...samples))}`;
  const aim = target === undefined ? '' : `< ${target}: ${middle < target ? 'met' : 'MISSED'}`;
  const other = all.find((one) => one.what === comparedWith);
  const ratio = other === undefined ? '' : `${(middle / median(other.samples)).toFixed(1)} × ${other.what}`;
  return [what, `${rounded(middle)} ${unit}`, spread, aim, ratio];
}

function rounded(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
