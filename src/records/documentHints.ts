import type { RecordId } from '../model/record.ts';
import { parseCellPath, parseGlobalPath } from './topoKey.ts';
import type { DocumentHints } from './recognizedDocument.ts';

/** What a file's path says of a record in it. A folder named like a cell is believed only above a cell's own folders. */
export function documentHints(path: string): DocumentHints {
  const segments = path.split('/').filter((segment) => segment !== '');
  const baseName = (segments.pop() ?? '').replace(/\.jsonc?$/i, '');
  const record = recordOfSegments([...segments, baseName]);
  return { baseName, ...(record === undefined ? {} : { record }) };
}

function recordOfSegments(segments: readonly string[]): RecordId | undefined {
  const start = segments.lastIndexOf('keyspaces');
  if (start < 0) return undefined;
  const path = segments.slice(start).join('/');
  if (parseGlobalPath(path).kind !== 'Other') return { path };
  const cell = segments[start - 1];
  return cell === undefined || parseCellPath(path).kind === 'Other' ? undefined : { cell, path };
}
