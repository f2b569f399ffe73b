/**
 * etcd.json of a snapshot folder: what its files cannot say. All of it is
 * optional; `revision` and `kvs` are etcd's own words, the rest is ours.
 */
import type { TopologyFailure, TopologyFailureCode } from '../model/topologyData.ts';
import type { CellPlace } from './keyStore.ts';

/** What etcd.json says of one key. */
export interface KeyMetadata {
  readonly modRevision?: string;
  /** Decimal; `0` for a key without a lease, undefined when it is not said. */
  readonly lease?: string;
  /** The times of the lease when the snapshot was taken, in seconds; for people, since they are old when they are read. */
  readonly ttl?: number;
  readonly grantedTtl?: number;
}

/** The content of etcd.json. */
export interface SnapshotMetadata {
  readonly source?: string;
  readonly readAt?: number;
  readonly revision?: string;
  readonly globalRoot?: string;
  readonly keys: ReadonlyMap<string, KeyMetadata>;
  readonly cells: ReadonlyMap<string, CellPlace>;
  readonly failedCells: ReadonlyMap<string, TopologyFailure>;
  readonly notes: readonly string[];
}

/** What stands for a missing or unusable etcd.json. */
export const noMetadata: SnapshotMetadata = { keys: new Map(), cells: new Map(), failedCells: new Map(), notes: [] };

const failureCodes: Readonly<Record<TopologyFailureCode, true>> = {
  unreachable: true,
  unauthenticated: true,
  'permission-denied': true,
  tls: true,
  timeout: true,
  cancelled: true,
  compacted: true,
  'not-found': true,
  changed: true,
  'no-space': true,
  'unknown-outcome': true,
  unimplemented: true,
  invalid: true,
};

/** Parses etcd.json, or says what is wrong with it. */
export function parseMetadata(text: string): SnapshotMetadata | { readonly error: string } {
  try {
    return readMetadata(asObject(JSON.parse(text), 'etcd.json'));
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'unknown error' };
  }
}

/** The text of etcd.json. */
export function formatMetadata(metadata: SnapshotMetadata): string {
  const { source, readAt, revision, globalRoot, keys, cells, failedCells, notes } = metadata;
  const json = {
    revision: revision === undefined ? undefined : integer(revision),
    readAt: readAt === undefined ? undefined : new Date(readAt).toISOString(),
    source,
    globalRoot,
    cells: [...cells].map(([cell, { root, address, storedUnder }]) => ({ cell, root, address, storedUnder })),
    failedCells: [...failedCells].map(([cell, { code, message }]) => ({ cell, code, message })),
    notes,
    kvs: [...keys].map(([key, { modRevision, lease, ttl, grantedTtl }]) => ({
      key,
      mod_revision: modRevision === undefined ? undefined : integer(modRevision),
      lease: lease === undefined ? undefined : integer(lease),
      ttl,
      granted_ttl: grantedTtl,
    })),
  };
  return `${JSON.stringify(json, undefined, 1)}\n`;
}

function readMetadata(json: Record<string, unknown>): SnapshotMetadata {
  const revision = optional(json['revision'], asInteger, 'revision');
  const readAt = optional(json['readAt'], asTime, 'readAt');
  const source = optional(json['source'], asText, 'source');
  const globalRoot = optional(json['globalRoot'], asText, 'globalRoot');
  return {
    ...(source !== undefined && { source }),
    ...(readAt !== undefined && { readAt }),
    ...(revision !== undefined && { revision }),
    ...(globalRoot !== undefined && { globalRoot }),
    keys: new Map(asList(json['kvs'], 'kvs').map(parseKey)),
    cells: new Map(asList(json['cells'], 'cells').map(parseCell)),
    failedCells: new Map(asList(json['failedCells'], 'failedCells').map(parseFailedCell)),
    notes: asList(json['notes'], 'notes').map((note) => asText(note, 'notes')),
  };
}

function parseKey(value: unknown): [string, KeyMetadata] {
  const kv = asObject(value, 'kvs');
  const modRevision = optional(kv['mod_revision'], asInteger, 'mod_revision');
  const lease = optional(kv['lease'], asInteger, 'lease');
  return [
    asText(kv['key'], 'key'),
    { ...(modRevision !== undefined && { modRevision }), ...(lease !== undefined && { lease }) },
  ];
}

function parseCell(value: unknown): [string, CellPlace] {
  const { cell, root, address, storedUnder } = asObject(value, 'cells');
  return [
    asText(cell, 'cell'),
    {
      root: asText(root, 'root'),
      address: asText(address, 'address'),
      storedUnder: asText(storedUnder, 'storedUnder'),
    },
  ];
}

function parseFailedCell(value: unknown): [string, TopologyFailure] {
  const { cell, code, message } = asObject(value, 'failedCells');
  return [asText(cell, 'cell'), { code: isFailureCode(code) ? code : 'invalid', message: asText(message, 'message') }];
}

function isFailureCode(code: unknown): code is TopologyFailureCode {
  return typeof code === 'string' && Object.hasOwn(failureCodes, code);
}

/** A number as JSON can hold it, else decimal text as in protobuf's JSON. */
function integer(text: string): number | string {
  return Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

function optional<T>(value: unknown, parse: (value: unknown, name: string) => T, name: string): T | undefined {
  return value === undefined || value === null ? undefined : parse(value, name);
}

function asObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`${name} is not an object`);
}

function asList(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new Error(`${name} is not a list`);
}

function asText(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`${name} is not a text`);
}

// A lease id may be beyond 2^53 and then lose its last digits as a number; only whether it is 0 counts.
function asInteger(value: unknown, name: string): string {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return BigInt(value).toString();
  if (typeof value === 'string' && /^[0-9]+$/.test(value)) return value;
  throw new Error(`${name} is not a whole number`);
}

function asTime(value: unknown, name: string): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new Error(`${name} is not an ISO 8601 time`);
  return time;
}
