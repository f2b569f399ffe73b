import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { LoadedTopology } from '../../src/host/session.ts';
import type { TopologyData } from '../../src/model/topologyData.ts';
import { decodeSnapshot } from '../../src/records/decodeSnapshot.ts';
import { loadCapture } from '../support/captures.ts';

/** The moment at which these tests take every capture to have been read. */
export const readAt = Date.UTC(2026, 10, 24, 2, 5);

/** A capture's records with what vtctldclient printed beside them, read at `readAt`. */
export function captureData(name: string): TopologyData {
  return { ...loadCapture(name), readAt };
}

/** The records with some changed, by path under the global root: `undefined` takes a record away. */
export function editGlobal(data: TopologyData, edits: Readonly<Record<string, Uint8Array | undefined>>): TopologyData {
  const kept = data.global.filter((record) => !(record.path in edits));
  const added = Object.entries(edits).flatMap(([file, value]) => (value === undefined ? [] : [{ path: file, value }]));
  return { ...data, global: [...kept, ...added] };
}

/** Decoded and diagnosed, as a connection that loaded it would hold it. */
export function load(data: TopologyData): LoadedTopology {
  return { data, diagnosed: diagnose(decodeSnapshot(data)), loadedAt: readAt };
}
