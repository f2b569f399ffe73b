/**
 * Names of live records' documents:
 * `vitess-topo:/<connection>/global/keyspaces/customer/shards/-80/Shard.json` and
 * `vitess-topo:/<connection>/<cell>/SrvVSchema.json`. Vitess reserves the name
 * `global`, so no cell has it.
 */
import type { RecordId } from '../model/record.ts';
import { topoScheme } from '../contributions/ids.ts';

/** A record of a connection. */
export interface ConnectedRecord {
  readonly connection: string;
  readonly record: RecordId;
}

/** The parts of a document's URI, for `Uri.from`. */
export interface TopoUriParts {
  readonly scheme: typeof topoScheme;
  readonly path: string;
}

const extension = '.json';
const globalRoot = 'global';
/** A lone percent sign, which no encoded name is, stands for an empty name. */
const emptyName = '%';

/** The URI of a record's document. */
export function topoUriParts({ connection, record }: ConnectedRecord): TopoUriParts {
  const names = [connection, record.cell ?? globalRoot, ...record.path.split('/')];
  return { scheme: topoScheme, path: `/${names.map(encodeName).join('/')}${extension}` };
}

/** The record that a URI names; undefined for the URI of something else. */
export function parseTopoUri(uri: { readonly scheme: string; readonly path: string }): ConnectedRecord | undefined {
  if (uri.scheme !== topoScheme || !uri.path.startsWith('/') || !uri.path.endsWith(extension)) return undefined;
  const names = uri.path.slice(1, -extension.length).split('/').map(decodeName);
  const [connection, root, ...rest] = names;
  if (connection === undefined || root === undefined || rest.length === 0) return undefined;
  const segments = rest.filter((name) => name !== undefined);
  if (segments.length !== rest.length) return undefined;
  const path = segments.join('/');
  return { connection, record: root === globalRoot ? { path } : { cell: root, path } };
}

/** Escapes what a URI's path or a file system would read as something else; ordinary names stay as they are. */
function encodeName(name: string): string {
  if (name === '') return emptyName;
  if (name === '.' || name === '..') return name.replaceAll('.', '%2E');
  // Lone surrogates have no UTF-8 form and would make encodeURIComponent throw.
  return name.replace(/\p{Surrogate}/gu, '\uFFFD').replace(/[\u0000-\u001f\u007f%/\\?#]/g, encodeURIComponent);
}

function decodeName(name: string): string | undefined {
  if (name === emptyName) return '';
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
