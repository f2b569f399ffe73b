/** How the tablets of a connection's cluster are reached, as its settings describe it. */
import { checkTls, type TlsSettings } from './tlsSettings.ts';
import { endpointProblem, type SettingFields } from './settingFields.ts';

/** `dial`: the tablets' own gRPC ports. `vtctld`: through it. `wait`: nothing reaches them, so somebody else is given time to refresh them. */
export type TabletRoute = 'dial' | 'vtctld' | 'wait';

export interface TabletSettings {
  readonly via: TabletRoute;
  /** The gRPC address of vtctld, `host:port`; set when `via` is `vtctld`. */
  readonly vtctld?: string;
  /** vtctld's static-auth user; its password is asked for. */
  readonly user?: string;
  /** For the tablets' ports or vtctld's; absent speaks plain text. */
  readonly tls?: TlsSettings;
  /** How long `wait` waits, in seconds. */
  readonly waitSeconds: number;
  /**
   * True when something outside refreshes every tablet within that time, so that
   * having waited confirms what is denied. Tablets do not by themselves: they
   * read their denied tables when they start and on RefreshState only.
   */
  readonly waitConfirms: boolean;
}

/** How tablets are reached where a connection does not say. */
export const defaultTablets: TabletSettings = { via: 'dial', waitSeconds: 60, waitConfirms: false };

const known = ['via', 'vtctld', 'user', 'tls', 'waitSeconds', 'waitConfirms'];
const routes: readonly TabletRoute[] = ['dial', 'vtctld', 'wait'];

/** Reads the field `tablets` of a connection; what is wrong is noted in `fields`. `hasVtctld` tells whether the connection names its vtctld itself. */
export function checkTablets(fields: SettingFields, value: Record<string, unknown>, hasVtctld = false): TabletSettings {
  for (const field of Object.keys(value)) {
    if (!known.includes(field)) fields.problem(`tablets.${field}`, `is unknown; known are ${known.join(', ')}`);
  }
  const { via = 'vtctld' in value ? 'vtctld' : 'dial', vtctld, user, tls, waitConfirms } = value;
  const route = routes.find((name) => name === via);
  if (route === undefined) fields.problem('tablets.via', 'must be "dial", "vtctld" or "wait"');
  const address =
    typeof vtctld === 'string' ? endpointProblem(vtctld) : vtctld === undefined ? undefined : 'must be a text';
  if (address !== undefined) fields.problem('tablets.vtctld', address);
  if (route === 'vtctld' && vtctld === undefined && !hasVtctld)
    fields.problem('tablets.vtctld', 'is missing: the host:port of vtctld');
  if (vtctld !== undefined && hasVtctld) fields.problem('tablets.vtctld', 'is said by "vtctld" already: leave it out');
  if (user !== undefined && (typeof user !== 'string' || user === '')) fields.problem('tablets.user', 'must be a text');
  if (waitConfirms !== undefined && typeof waitConfirms !== 'boolean') {
    fields.problem('tablets.waitConfirms', 'must be true or false');
  }
  return {
    via: route ?? 'dial',
    ...(typeof vtctld === 'string' ? { vtctld } : {}),
    ...(typeof user === 'string' ? { user } : {}),
    ...(tls === undefined ? {} : { tls: checkTls(fields, 'tablets.tls', tls) }),
    waitSeconds: waitSeconds(fields, value['waitSeconds']),
    waitConfirms: waitConfirms === true,
  };
}

function waitSeconds(fields: SettingFields, value: unknown): number {
  if (value === undefined) return defaultTablets.waitSeconds;
  if (typeof value === 'number' && value >= 1 && value <= 3600) return value;
  fields.problem('tablets.waitSeconds', 'must be a number of seconds from 1 to 3600');
  return defaultTablets.waitSeconds;
}
