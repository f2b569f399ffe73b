/**
 * Checks that decoding alone cannot make: bytes of another record, or cut at a
 * field's end, decode well and would pass as a healthy record.
 */
import { parseShardName, sameKeyRange } from '../model/keyRange.ts';
import { encode } from './decode.ts';
import { ShardSchema, type CellInfo, type KeyRange, type Shard, type Tablet } from './gen/topodata_pb.js';

/** Says why a Shard record cannot be the record of the shard of this name; undefined when it can. */
export function shardProblem(name: string, shard: Shard): string | undefined {
  const range = parseShardName(name);
  if (range === 'invalid') return `"${name}" is not a valid shard name`;
  if (encode(ShardSchema, shard).length === 0) return 'it is empty, which no shard in use is';
  const stored = namedRange(shard.keyRange);
  if (range === undefined) {
    return stored === undefined ? undefined : `its key_range is ${stored.start}-${stored.end}, the shard is "${name}"`;
  }
  // Vitess leaves key_range unset for a shard that covers everything.
  if (stored === undefined) {
    return range.start === '' && range.end === '' ? undefined : `it has no key_range, the shard is "${name}"`;
  }
  return sameKeyRange(range, stored) ? undefined : `its key_range is ${stored.start}-${stored.end}, not ${name}`;
}

/** A KeyRange message in hex; undefined when it is unset or covers everything. */
export function namedRange(range: KeyRange | undefined): { start: string; end: string } | undefined {
  if (range === undefined || (range.start.length === 0 && range.end.length === 0)) return undefined;
  return { start: hex(range.start), end: hex(range.end) };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Says why a Tablet record cannot be the record of this alias; undefined when it can. */
export function tabletProblem(alias: string, tablet: Tablet): string | undefined {
  const named = tablet.alias === undefined ? '' : tabletAliasName(tablet.alias);
  return named === alias ? undefined : `its alias is "${named}", the key says "${alias}"`;
}

/** A tablet alias as Vitess writes it: cell, dash, uid with at least ten digits (topoproto.TabletAliasString). */
export function tabletAliasName(alias: { readonly cell: string; readonly uid: number }): string {
  return `${alias.cell}-${String(alias.uid).padStart(10, '0')}`;
}

/** Says why a CellInfo record cannot be used; undefined when it can. */
export function cellInfoProblem(cellInfo: CellInfo): string | undefined {
  if (cellInfo.serverAddress === '') return 'it has no server_address';
  return cellInfo.root === '' ? 'it has no root' : undefined;
}
