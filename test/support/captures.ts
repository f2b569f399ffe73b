import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { RecordId } from '../../src/model/record.ts';
import type { CellData, DumpFile, TopologyData, TopologyRecord } from '../../src/model/topologyData.ts';

const folder = path.join(import.meta.dirname, '..', 'captures');

/** The captured moments of a real cluster, in name order. */
export const captureNames: readonly string[] = readdirSync(folder)
  .filter((name) => /^\d\d-/.test(name))
  .sort();

/** When every capture counts as read; later than every lock in them. */
export const captureReadAt = Date.parse('2026-11-24T04:00:00Z');

/** A capture as an adapter would read it, with its vtctldclient dumps. */
export function loadCapture(name: string): TopologyData {
  const vitess = path.join(folder, name, 'topo', 'vitess');
  const cells = readdirSync(vitess).filter((cell) => cell !== 'global');
  return {
    source: name,
    readAt: captureReadAt,
    globalRoot: '/vitess/global',
    global: readRecords(path.join(vitess, 'global')),
    cells: cells.map((cell): CellData => ({
      cell,
      status: 'loaded',
      root: `/vitess/${cell}`,
      address: 'localhost:2379',
      records: readRecords(path.join(vitess, cell)),
    })),
    notes: [],
    dumps: readDumps(name),
  };
}

/** What vtctldclient printed at the moment of a capture. */
export function readDumps(name: string): DumpFile[] {
  const cli = path.join(folder, name, 'cli');
  return readdirSync(cli).map((file) => ({ name: file, text: readFileSync(path.join(cli, file), 'utf8') }));
}

/** One dump as a JSON value. */
export function readDump(name: string, dump: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, name, 'cli', `${dump}.json`), 'utf8'));
}

export const eventFiles = ['reverse-all-ok', 'switch-all-ok'] as const;

/** One write that etcd saw. */
export interface CapturedEvent {
  readonly revision: number;
  readonly record: RecordId;
  /** Undefined for a deletion. */
  readonly value: Uint8Array | undefined;
}

/** Every write of one whole switch or reverse, in order. */
export function readEvents(name: (typeof eventFiles)[number]): CapturedEvent[] {
  const lines = readFileSync(path.join(folder, 'events', `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const event = JSON.parse(line) as { revision: number; type: 'PUT' | 'DELETE'; key: string; value_base64: string };
    const [, place = '', key = ''] = /^\/vitess\/([^/]+)\/(.*)$/.exec(event.key) ?? [];
    return {
      revision: event.revision,
      record: place === 'global' ? { path: key } : { cell: place, path: key },
      value: event.type === 'PUT' ? new Uint8Array(Buffer.from(event.value_base64, 'base64')) : undefined,
    };
  });
}

function readRecords(root: string): TopologyRecord[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({
      path: path.relative(root, file).split(path.sep).join('/'),
      value: new Uint8Array(readFileSync(file)),
    }));
}
