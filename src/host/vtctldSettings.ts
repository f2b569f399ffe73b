/** The vtctld of a connection's cluster, as its settings describe it. */
import { endpointProblem, type SettingFields } from './settingFields.ts';
import type { TabletSettings } from './tabletSettings.ts';
import { checkTls, type TlsSettings } from './tlsSettings.ts';

export interface VtctldSettings {
  /** The gRPC address, `host:port`. */
  readonly address: string;
  /** The user of Vitess's static authentication; its password is asked for. */
  readonly user?: string;
  /** Absent speaks plain text. */
  readonly tls?: TlsSettings;
}

const known = ['address', 'user', 'tls'];

/** Reads the field `vtctld` of a connection; what is wrong is noted in `fields`. */
export function checkVtctld(fields: SettingFields, value: Record<string, unknown>): VtctldSettings {
  for (const field of Object.keys(value)) {
    if (!known.includes(field)) fields.problem(`vtctld.${field}`, `is unknown; known are ${known.join(', ')}`);
  }
  const { address, user, tls } = value;
  const problem =
    address === undefined
      ? 'is missing: the host:port of vtctld’s gRPC'
      : typeof address === 'string'
        ? endpointProblem(address)
        : 'must be a text';
  if (problem !== undefined) fields.problem('vtctld.address', problem);
  if (user !== undefined && (typeof user !== 'string' || user === '')) fields.problem('vtctld.user', 'must be a text');
  return {
    address: typeof address === 'string' ? address : '',
    ...(typeof user === 'string' ? { user } : {}),
    ...(tls === undefined ? {} : { tls: checkTls(fields, 'vtctld.tls', tls) }),
  };
}

/** Whom a connection asks for workflows: its `vtctld`, else the one that it refreshes tablets through; undefined for none. */
export function vtctldOf({
  vtctld,
  tablets,
}: {
  readonly vtctld?: VtctldSettings;
  readonly tablets?: TabletSettings;
}): VtctldSettings | undefined {
  if (vtctld !== undefined) return vtctld;
  if (tablets?.via !== 'vtctld' || tablets.vtctld === undefined) return undefined;
  const { vtctld: address, user, tls } = tablets;
  return { address, ...(user !== undefined && { user }), ...(tls !== undefined && { tls }) };
}

/** How tablets are reached, where the connection's `vtctld` says what `tablets` leaves out. */
export function withVtctld(tablets: TabletSettings, vtctld: VtctldSettings | undefined): TabletSettings {
  if (tablets.via !== 'vtctld' || tablets.vtctld !== undefined || vtctld === undefined) return tablets;
  const { address, user, tls } = vtctld;
  return { ...tablets, vtctld: address, ...(user !== undefined && { user }), ...(tls !== undefined && { tls }) };
}
