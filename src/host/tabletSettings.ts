/** How the tablets of a connection's cluster are reached, as its settings describe it. */
import { checkTls, type TlsSettings } from './tlsSettings.ts';
import { endpointProblem, type SettingFields } from './settingFields.ts';

/** `dial`: the tablets' own gRPC ports. `vtctld`: through it. `wait`: nothing reaches them, so their own refresh is waited out. */
export type TabletRoute = 'dial' | 'vtctld' | 'wait';

export interface TabletSettings {
  readonly via: TabletRoute;
  /** The gRPC address of vtctld, `host:port`; set when `via` is `vtctld`. */
  readonly vtctld?: string;
  /** vtctld's static-auth user; its password is asked for. */
  readonly user?: string;
  /** For the tablets' ports or vtctld's; absent speaks plain text. */
  readonly tls?: TlsSettings;
  /** What the tablets get as --tablet-refresh-interval, in seconds. */
  readonly refreshIntervalSeconds: number;
}

/** Vitess's default of --tablet-refresh-interval. */
export const defaultRefreshIntervalSeconds = 60;

export const defaultTablets: TabletSettings = { via: 'dial', refreshIntervalSeconds: defaultRefreshIntervalSeconds };

const known = ['via', 'vtctld', 'user', 'tls', 'refreshIntervalSeconds'];
const routes: readonly TabletRoute[] = ['dial', 'vtctld', 'wait'];

/** Reads the field `tablets` of a connection; what is wrong is noted in `fields`. */
export function checkTablets(fields: SettingFields, value: Record<string, unknown>): TabletSettings {
  for (const field of Object.keys(value)) {
    if (!known.includes(field)) fields.problem(`tablets.${field}`, `is unknown; known are ${known.join(', ')}`);
  }
  const { via = 'vtctld' in value ? 'vtctld' : 'dial', vtctld, user, tls } = value;
  const route = routes.find((name) => name === via);
  if (route === undefined) fields.problem('tablets.via', 'must be "dial", "vtctld" or "wait"');
  const address =
    typeof vtctld === 'string' ? endpointProblem(vtctld) : vtctld === undefined ? undefined : 'must be a text';
  if (address !== undefined) fields.problem('tablets.vtctld', address);
  if (route === 'vtctld' && vtctld === undefined)
    fields.problem('tablets.vtctld', 'is missing: the host:port of vtctld');
  if (user !== undefined && (typeof user !== 'string' || user === '')) fields.problem('tablets.user', 'must be a text');
  return {
    via: route ?? 'dial',
    ...(typeof vtctld === 'string' ? { vtctld } : {}),
    ...(typeof user === 'string' ? { user } : {}),
    ...(tls === undefined ? {} : { tls: checkTls(fields, 'tablets.tls', tls) }),
    refreshIntervalSeconds: refreshInterval(fields, value['refreshIntervalSeconds']),
  };
}

function refreshInterval(fields: SettingFields, value: unknown): number {
  if (value === undefined) return defaultRefreshIntervalSeconds;
  if (typeof value === 'number' && value >= 1 && value <= 3600) return value;
  fields.problem('tablets.refreshIntervalSeconds', 'must be a number of seconds from 1 to 3600');
  return defaultRefreshIntervalSeconds;
}
