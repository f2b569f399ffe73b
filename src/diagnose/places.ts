import type { Place } from '../model/record.ts';

/** A finding's places: those given, or the fallback when there are none, so that a finding always points somewhere. */
export function placesOr(places: readonly Place[], fallback: Place): [Place, ...Place[]] {
  const [first, ...rest] = places;
  return first === undefined ? [fallback] : [first, ...rest];
}

/** `customer.corder and customer.customer`. */
export function qualifiedTables(keyspace: string, tables: readonly string[]): string[] {
  return tables.map((table) => `${keyspace}.${table}`);
}
