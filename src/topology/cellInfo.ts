import type { CellData, TopologyFailure, TopologyRecord } from '../model/topologyData.ts';
import { decode } from '../records/decode.ts';
import { CellInfoSchema } from '../records/gen/topodata_pb.js';
import { cellOfPath, compareText, normalizeRoot } from './keys.ts';

/** Where a cell's own topology is. */
export interface CellLocation {
  /** As CellInfo says it: `HOST:PORT`, or several with commas; `''` when it says none. */
  readonly address: string;
  readonly root: string;
}

/** A CellInfo record: where the cell is, or a failure that names the record. */
export type CellInfoReading =
  | { readonly status: 'loaded'; readonly location: CellLocation }
  | { readonly status: 'failed'; readonly failure: TopologyFailure };

/** Every cell that the global root's records name, by name, with its CellInfo. */
export function readCellInfos(records: readonly TopologyRecord[]): { cell: string; info: CellInfoReading }[] {
  const infos = records.flatMap(({ path, value }) => {
    const cell = cellOfPath(path);
    return cell === undefined ? [] : [{ cell, info: readCellInfo(cell, value) }];
  });
  return infos.sort((a, b) => compareText(a.cell, b.cell));
}

/** A cell that could not be read; its message begins with the cell. */
export function failedCell(cell: string, { code, message }: TopologyFailure): CellData {
  return { cell, status: 'failed', failure: { code, message: `${cell}: ${message}` } };
}

function readCellInfo(cell: string, value: Uint8Array): CellInfoReading {
  const record = `cells/${cell}/CellInfo`;
  const reading = decode(CellInfoSchema, value);
  if (reading.status === 'failed') return invalid(`${record} could not be read: ${reading.reason}`);
  const { serverAddress, root } = reading.value;
  if (root === '') return invalid(`${record} names no root`);
  return { status: 'loaded', location: { address: serverAddress.trim(), root: normalizeRoot(root) } };
}

function invalid(what: string): CellInfoReading {
  const next = 'Look at the record, then repair it with vtctldclient UpdateCellInfo.';
  const message = `${what}, so nothing of this cell can be read. ${next}`;
  return { status: 'failed', failure: { code: 'invalid', message } };
}
