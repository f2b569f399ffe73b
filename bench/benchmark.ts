/** One thing that is measured. Nothing measured here is asserted by a test: it depends on the machine. */
export interface Benchmark {
  /** The word that selects it: `npm run bench -- <name>`. */
  readonly name: string;
  readonly title: string;
  run(): Promise<readonly Measurement[]>;
}

export type Unit = 'ms' | 'kB';

/** The samples of one quantity, in the order they were taken. */
export interface Measurement {
  readonly what: string;
  readonly unit: Unit;
  readonly samples: readonly [number, ...number[]];
  /** The median shall stay below this. */
  readonly target?: number;
  /** The `what` of the measurement of the same benchmark that this one is compared with. */
  readonly comparedWith?: string;
}

/** The middle sample; of an even number the mean of the middle two. */
export function median(samples: readonly [number, ...number[]]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = NaN, high = low] = sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1);
  return (low + high) / 2;
}
