import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EtcdServer } from './etcd.ts';

/** One etcd key of a capture with the record's bytes. */
export interface CaptureEntry {
  /** The full key, e.g. `/vitess/global/RoutingRules`. */
  readonly key: string;
  readonly value: Buffer;
}

/** What `loadCapture` changes on the way; by default nothing but the age of the locks' leases. */
export interface LoadOptions {
  /** Written into every `CellInfo.server_address`, or per cell; undefined keeps the captured address. */
  readonly cellAddress?: string | ((cell: string) => string | undefined);
  /** Only these keys are loaded, e.g. those of one cell that lives on another etcd. */
  readonly only?: (key: string) => boolean;
  /** Seconds of the lease of a workflow's named lock (24 h in Vitess), or `none` for a lock key without a lease. */
  readonly namedLockTtl?: number | 'none';
  /** Seconds of the lease of every other lock (30 to 120 s in Vitess), or `none` for a lock key without a lease. */
  readonly otherLockTtl?: number | 'none';
}

const NAMED_LOCK_SECONDS = 24 * 60 * 60;
const OTHER_LOCK_SECONDS = 60;

/** The entries of a capture's `topo/` folder in the order in which they were last written, or by key where `etcd.json` does not tell. */
export async function readCapture(folder: string): Promise<CaptureEntry[]> {
  const topo = path.join(folder, 'topo');
  const files = (await readdir(topo, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const revisions = await readRevisions(folder);
  const entries = await Promise.all(
    files.map(async (file): Promise<CaptureEntry> => {
      const absolute = path.join(file.parentPath, file.name);
      return { key: `/${path.relative(topo, absolute).split(path.sep).join('/')}`, value: await readFile(absolute) };
    }),
  );
  const revision = (entry: CaptureEntry): number => revisions.get(entry.key) ?? 0;
  return entries.sort((a, b) => revision(a) - revision(b) || (a.key < b.key ? -1 : 1));
}

/** Puts a capture's records into an etcd with one write per key and real leases under its locks; returns the loaded keys in order. */
export async function loadCapture(etcd: EtcdServer, folder: string, options: LoadOptions = {}): Promise<string[]> {
  const entries = (await readCapture(folder)).filter((entry) => options.only?.(entry.key) ?? true);
  for (const entry of entries) {
    const put = etcd.client.put(entry.key).value(withCellAddress(entry, options.cellAddress));
    await put.lease(await grantLease(etcd, entry.key, options)).exec();
  }
  return entries.map((entry) => entry.key);
}

/** The bytes of a topodata.CellInfo. */
export function encodeCellInfo(serverAddress: string, root: string): Buffer {
  return Buffer.concat([encodeString(1, serverAddress), encodeString(2, root)]);
}

async function readRevisions(folder: string): Promise<Map<string, number>> {
  const text = await readFile(path.join(folder, 'etcd.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return new Map();
  const { kvs } = JSON.parse(text) as { kvs: readonly { key: string; mod_revision: number }[] };
  return new Map(kvs.map((kv) => [kv.key, kv.mod_revision]));
}

// Lease 0 means no lease to etcd. Vitess names a lock's key after its lease, so the lease gets the captured id; it is granted without
// a keep-alive, as if its holder had died at this moment.
async function grantLease(etcd: EtcdServer, key: string, options: LoadOptions): Promise<string> {
  const leaseId = /\/locks\/(\d+)$/.exec(key)?.[1];
  if (leaseId === undefined) return '0';
  const ttl = key.includes('/named_locks/')
    ? (options.namedLockTtl ?? NAMED_LOCK_SECONDS)
    : (options.otherLockTtl ?? OTHER_LOCK_SECONDS);
  if (ttl === 'none') return '0';
  await etcd.client.leaseClient.leaseGrant({ ID: leaseId, TTL: ttl });
  return leaseId;
}

function withCellAddress(entry: CaptureEntry, cellAddress: LoadOptions['cellAddress']): Buffer {
  const cell = /\/cells\/([^/]+)\/CellInfo$/.exec(entry.key)?.[1];
  if (cell === undefined || cellAddress === undefined) return entry.value;
  const address = typeof cellAddress === 'string' ? cellAddress : cellAddress(cell);
  return address === undefined ? entry.value : encodeCellInfo(address, decodeStrings(entry.value).get(2) ?? '');
}

// CellInfo holds nothing but short strings, which keeps this loader independent of the code that it helps to test.
function encodeString(field: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 127) throw new RangeError(`a string of ${bytes.length} bytes needs a longer length prefix`);
  return Buffer.concat([Buffer.from([(field << 3) | 2, bytes.length]), bytes]);
}

function decodeStrings(message: Buffer): Map<number, string> {
  const strings = new Map<number, string>();
  for (let at = 0; at < message.length;) {
    const end = at + 2 + message.readUInt8(at + 1);
    strings.set(message.readUInt8(at) >> 3, message.toString('utf8', at + 2, end));
    at = end;
  }
  return strings;
}
