/** What reading one record gave. "Failed" is never treated as "absent", and neither as healthy. */
export type Reading<T> =
  | { readonly status: 'loaded'; readonly value: T }
  | { readonly status: 'absent' }
  | { readonly status: 'failed'; readonly reason: string };

/** What decoding bytes gave: there are bytes, so nothing is absent. */
export type Decoded<T> = Exclude<Reading<T>, { readonly status: 'absent' }>;

/** The value when it was loaded. */
export function loadedValue<T>(reading: Reading<T>): T | undefined {
  return reading.status === 'loaded' ? reading.value : undefined;
}

/** A reading with its loaded value changed by `change`. */
export function mapReading<T, U>(reading: Reading<T>, change: (value: T) => U): Reading<U> {
  return reading.status === 'loaded' ? { status: 'loaded', value: change(reading.value) } : reading;
}
