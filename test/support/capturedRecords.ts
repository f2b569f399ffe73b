import { recordName, type RecordId } from '../../src/model/record.ts';
import { recordKind } from '../../src/records/recordTypes.ts';
import type { RecordKind } from '../../src/records/topoKey.ts';
import { loadCapture } from './captures.ts';

export interface CapturedRecord {
  readonly record: RecordId;
  readonly name: string;
  readonly kind: RecordKind;
  readonly value: Uint8Array;
}

/** Every record of a capture but its locks. */
export function capturedRecords(capture: string): CapturedRecord[] {
  const data = loadCapture(capture);
  const cells = data.cells.flatMap((cell) =>
    cell.status === 'loaded'
      ? cell.records.map(({ path, value }) => ({ record: { cell: cell.cell, path }, value }))
      : [],
  );
  const global = data.global.map(({ path, value }) => ({ record: { path }, value }));
  return [...global, ...cells].flatMap(({ record, value }) => {
    const kind = recordKind(record);
    return kind === undefined ? [] : [{ record, name: `${capture}/${recordName(record)}`, kind, value }];
  });
}
