import type { IKeyValue, IResponseHeader } from 'etcd3';
import { mapLimited } from './concurrency.ts';
import type { EtcdConnection } from './etcdConnection.ts';
import { keyPrefix, plainBytes } from './keys.ts';
import type { RootContents } from './keys.ts';

/** Where and how to read. */
export interface RangeReader {
  readonly connection: EtcdConnection;
  readonly signal: AbortSignal;
  /** Keys per page; undefined to follow the records' size. */
  readonly pageSize: number | undefined;
}

/** One stored record with what etcd says of it. */
export interface StoredRecord {
  readonly key: Buffer;
  readonly path: string;
  readonly value: Uint8Array;
  readonly modRevision: string;
  /** Decimal; `0` for a key without a lease. */
  readonly leaseId: string;
}

/** The records of one root at one revision. */
export interface RootRecords {
  readonly records: readonly StoredRecord[];
  /** How many keys were left out because their names are not UTF-8. */
  readonly unreadable: number;
}

/** The keys from `key` up to but without `range_end`; without an end, the one key. */
export interface KeyRange {
  readonly key: Buffer;
  readonly range_end?: Buffer;
}

// Vitess records can reach etcd's limit of 1.5 MB each: the first page must be bearable even then.
const FIRST_PAGE_KEYS = 32;
const MOST_PAGE_KEYS = 2000;
const PAGE_BYTES = 8 * 1024 * 1024;
const RANGES_AT_ONCE = 6;
const ZERO = Buffer.from([0]);

/** The header of a first answer about this root: the cluster, and its newest revision that a quorum holds. */
export async function currentHeader(
  reader: RangeReader,
  root: string,
  contents: RootContents,
): Promise<IResponseHeader> {
  const key = Buffer.from(keyPrefix(root) + (contents.records[0] ?? ''));
  return (await reader.connection.range({ key, count_only: true }, reader.signal)).header;
}

/** Every record of the root that a snapshot holds, all at `revision`. */
export async function readRoot(
  reader: RangeReader,
  root: string,
  contents: RootContents,
  revision: string,
): Promise<RootRecords> {
  const ranges = contentRanges(root, contents);
  const pages = await mapLimited(ranges, RANGES_AT_ONCE, (range) => readPages(reader, range, revision));
  const stored = pages.flat();
  const prefixLength = Buffer.byteLength(keyPrefix(root));
  const records = stored.map((kv) => toRecord(kv, prefixLength)).filter((record) => record !== undefined);
  return { records, unreadable: stored.length - records.length };
}

/** The keys of what a snapshot holds of the root. */
export function contentRanges(root: string, contents: RootContents): KeyRange[] {
  const prefix = keyPrefix(root);
  return [
    ...contents.records.map((name) => ({ key: Buffer.from(prefix + name) })),
    ...contents.prefixes.map((name) => prefixRange(prefix + name)),
  ];
}

/** The smallest range of keys that holds everything of these roots. */
export function coveringRange(roots: readonly string[]): Required<KeyRange> {
  const ranges = roots.map((root) => prefixRange(keyPrefix(root)));
  const [first = ZERO] = ranges.map(({ key }) => key).sort((a, b) => a.compare(b));
  const ends = ranges.map((range) => range.range_end).sort((a, b) => a.compare(b));
  // As an end a zero byte sorts first and means all keys.
  return { key: first, range_end: ends[0]?.equals(ZERO) ? ZERO : (ends.at(-1) ?? ZERO) };
}

/** Whether any key is stored under the root now, whatever it is. */
export async function holdsAny(reader: RangeReader, root: string): Promise<boolean> {
  const request = { ...prefixRange(keyPrefix(root)), limit: 1, keys_only: true };
  return (await reader.connection.range(request, reader.signal)).kvs.length > 0;
}

/** The beginnings of the stored keys up to their second part, e.g. `/vitess/zone1`; at most `most`. */
export async function listRoots(reader: RangeReader, most: number): Promise<string[]> {
  const roots: string[] = [];
  let key: Buffer = ZERO;
  while (roots.length < most) {
    const { kvs } = await reader.connection.range({ key, range_end: ZERO, limit: 1, keys_only: true }, reader.signal);
    const [first] = kvs;
    if (first === undefined) break;
    const root = /^\/?[^/]+\/[^/]+(?=\/)/.exec(first.key.toString())?.[0];
    roots.push(root ?? first.key.toString());
    key = root === undefined ? keyAfter(first.key) : prefixRange(`${root}/`).range_end;
  }
  return roots;
}

/** What to tell of keys whose names are not UTF-8. */
export function unreadableNote(count: number): string {
  return `${count} key${count === 1 ? ' is' : 's are'} left out: the name is not UTF-8, so no Vitess wrote it.`;
}

async function readPages(reader: RangeReader, range: KeyRange, revision: string): Promise<IKeyValue[]> {
  const all: IKeyValue[] = [];
  let { key } = range;
  let limit = reader.pageSize ?? FIRST_PAGE_KEYS;
  for (;;) {
    const { kvs, more } = await reader.connection.range({ ...range, key, limit, revision }, reader.signal);
    all.push(...kvs);
    const last = kvs.at(-1);
    if (!more || last === undefined) return all;
    key = keyAfter(last.key);
    limit = reader.pageSize ?? nextLimit(limit, kvs);
  }
}

function nextLimit(limit: number, kvs: readonly IKeyValue[]): number {
  const bytes = kvs.reduce((sum, kv) => sum + kv.key.length + kv.value.length, 0);
  const fitting = Math.floor((PAGE_BYTES * kvs.length) / Math.max(bytes, 1));
  return Math.max(1, Math.min(fitting, limit * 8, MOST_PAGE_KEYS));
}

/** The record of a key under a root whose prefix has so many bytes; undefined for a name that is not UTF-8. */
export function toRecord(kv: IKeyValue, prefixLength: number): StoredRecord | undefined {
  const pathBytes = kv.key.subarray(prefixLength);
  const path = pathBytes.toString();
  if (!Buffer.from(path).equals(pathBytes)) return undefined;
  return { key: kv.key, path, value: plainBytes(kv.value), modRevision: kv.mod_revision, leaseId: kv.lease };
}

function keyAfter(key: Buffer): Buffer {
  return Buffer.concat([key, ZERO]);
}

/** All keys that start with `prefix`. */
export function prefixRange(prefix: string): Required<KeyRange> {
  const key = Buffer.from(prefix);
  const end = Buffer.from(key);
  // UTF-8 has no 0xff byte, so the last one can always be raised.
  if (end.length > 0) end.writeUInt8(end.readUInt8(end.length - 1) + 1, end.length - 1);
  // For etcd a zero byte means "from the first key" as a start and "to the last key" as an end.
  return end.length > 0 ? { key, range_end: end } : { key: ZERO, range_end: ZERO };
}
