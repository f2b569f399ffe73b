/** Growing waits between attempts: each is twice as long as the one before. */
export interface BackOff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** How long to wait after so many failures in a row, in milliseconds. */
export function backOffMs({ firstMs, mostMs }: BackOff, failures: number): number {
  return Math.min(firstMs * 2 ** Math.min(failures - 1, 30), mostMs);
}
