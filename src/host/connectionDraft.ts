/** A connection while it is being asked for: texts as they were typed. */
import { defaultRoot, type ConnectionSettings } from './connectionSettings.ts';
import type { TlsSettings } from './tlsSettings.ts';

export type TlsChoice = 'none' | 'system' | 'ca' | 'client';

export interface ConnectionDraft {
  readonly kind: 'etcd' | 'snapshot';
  readonly name: string;
  /** Separated by commas. */
  readonly endpoints: string;
  readonly root: string;
  readonly user: string;
  readonly password: string;
  readonly tls: TlsChoice;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly serverName: string;
  readonly folder: string;
}

export const emptyDraft: ConnectionDraft = {
  kind: 'etcd',
  name: '',
  endpoints: '127.0.0.1:2379',
  root: defaultRoot,
  user: '',
  password: '',
  tls: 'none',
  ca: '',
  cert: '',
  key: '',
  serverName: '',
  folder: '',
};

/** The settings that a finished draft stands for; the password is not part of them. */
export function draftSettings(draft: ConnectionDraft): ConnectionSettings {
  const name = draft.name.trim();
  if (draft.kind === 'snapshot') return { name, kind: 'snapshot', folder: draft.folder.trim() };
  const tls = draftTls(draft);
  return {
    name,
    kind: 'etcd',
    endpoints: splitEndpoints(draft.endpoints),
    root: draft.root.trim(),
    ...(draft.user.trim() === '' ? {} : { user: draft.user.trim() }),
    ...(tls === undefined ? {} : { tls }),
  };
}

/** The endpoints of a list with commas. */
export function splitEndpoints(text: string): string[] {
  return text
    .split(',')
    .map((endpoint) => endpoint.trim())
    .filter((endpoint) => endpoint !== '');
}

function draftTls({ tls, ca, cert, key, serverName }: ConnectionDraft): TlsSettings | undefined {
  if (tls === 'none') return undefined;
  return {
    ...(tls !== 'system' && ca.trim() !== '' ? { ca: ca.trim() } : {}),
    ...(tls === 'client' ? { cert: cert.trim(), key: key.trim() } : {}),
    ...(serverName.trim() === '' ? {} : { serverName: serverName.trim() }),
  };
}
