import type { RecordId } from '../model/record.ts';
import type { EtcdConnection } from './etcdConnection.ts';
import { keyPrefix } from './keys.ts';
import { cellNotRead } from './writeErrors.ts';

/** Where one root's records are. */
export interface EtcdPlace {
  readonly connection: EtcdConnection;
  /** The cluster's id. */
  readonly cluster: string;
  readonly root: string;
}

/** Where the records of a topology are: its cells as the last read found them. */
export interface EtcdPlaces {
  readonly global: EtcdPlace;
  readonly cells: () => ReadonlyMap<string, EtcdPlace>;
}

/** Where the record is; throws a TopologyError for a cell that the last read did not load. */
export function placeOf({ global, cells }: EtcdPlaces, record: RecordId): EtcdPlace {
  if (record.cell === undefined) return global;
  const place = cells().get(record.cell);
  if (place !== undefined) return place;
  throw cellNotRead(record.cell, record);
}

/** The record's whole key. */
export function keyOf(places: EtcdPlaces, record: RecordId): Buffer {
  return Buffer.from(keyPrefix(placeOf(places, record).root) + record.path);
}
