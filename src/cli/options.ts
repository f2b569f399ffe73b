/** Every option, and the commands that take it. */
import type { parseArgs } from 'node:util';
import type { EtcdTlsFiles } from '../topology/etcdAccess.ts';
import { parseDuration } from './duration.ts';

export const commandNames = [
  'status',
  'diagnose',
  'precheck',
  'switch',
  'reverse',
  'repair',
  'undo',
  'history',
  'locks',
  'runbook',
  'watch',
  'snapshot',
] as const;
export type CommandName = (typeof commandNames)[number];

export const options = {
  etcd: { type: 'string' },
  root: { type: 'string' },
  snapshot: { type: 'string' },
  'etcd-user': { type: 'string' },
  'etcd-password-file': { type: 'string' },
  'etcd-ca': { type: 'string' },
  'etcd-cert': { type: 'string' },
  'etcd-key': { type: 'string' },
  'etcd-server-name': { type: 'string' },
  'cell-address': { type: 'string', multiple: true },
  format: { type: 'string' },
  timeout: { type: 'string' },
  out: { type: 'string' },
  for: { type: 'string' },
  // Names of tables; `--tablets` says how tablets are reached.
  tables: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  'action-timeout': { type: 'string' },
  'switch-timeout': { type: 'string' },
  'max-lag': { type: 'string' },
  'tablet-types': { type: 'string' },
  cells: { type: 'string' },
  plan: { type: 'boolean' },
  yes: { type: 'boolean' },
  direction: { type: 'string' },
  keyspace: { type: 'string' },
  move: { type: 'string' },
  finding: { type: 'string' },
  'follow-reads': { type: 'boolean' },
  force: { type: 'string', multiple: true },
  history: { type: 'string' },
  release: { type: 'string' },
  tablets: { type: 'string' },
  'tablet-wait': { type: 'string' },
  'tablet-wait-confirms': { type: 'boolean' },
  vtctld: { type: 'string' },
  'vtctld-user': { type: 'string' },
  'vtctld-password-file': { type: 'string' },
  'vtctld-ca': { type: 'string' },
  'vtctld-cert': { type: 'string' },
  'vtctld-key': { type: 'string' },
  'vtctld-server-name': { type: 'string' },
  'tablet-ca': { type: 'string' },
  'tablet-cert': { type: 'string' },
  'tablet-key': { type: 'string' },
  'tablet-server-name': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

export type OptionName = keyof typeof options;
export type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>['values'];

const vtctldOptions: readonly OptionName[] = [
  'vtctld',
  'vtctld-user',
  'vtctld-password-file',
  'vtctld-ca',
  'vtctld-cert',
  'vtctld-key',
  'vtctld-server-name',
];

const tabletOptions: readonly OptionName[] = [
  'tablets',
  ...vtctldOptions,
  'tablet-ca',
  'tablet-cert',
  'tablet-key',
  'tablet-server-name',
];

const repairOptions: readonly OptionName[] = ['direction', 'keyspace', 'move', 'finding', 'follow-reads'];
const waitOptions: readonly OptionName[] = ['tablet-wait', 'tablet-wait-confirms'];
const runOptions: readonly OptionName[] = ['plan', 'yes', 'force', 'history', ...waitOptions, ...tabletOptions];

const trafficOptions: readonly OptionName[] = ['switch-timeout', 'tablet-types', 'cells'];
const switchOptions: readonly OptionName[] = [
  ...trafficOptions,
  'max-lag',
  'plan',
  'yes',
  'history',
  ...waitOptions,
  ...tabletOptions,
];

/** The options that not every command takes. */
const ownOptions: Readonly<Record<CommandName, readonly OptionName[]>> = {
  status: vtctldOptions,
  diagnose: vtctldOptions,
  precheck: ['tables', 'from', 'to', 'action-timeout', ...trafficOptions, ...tabletOptions],
  switch: switchOptions,
  reverse: switchOptions,
  repair: [...repairOptions, ...runOptions],
  undo: runOptions,
  history: ['history'],
  locks: ['release', 'yes', 'history'],
  runbook: [...repairOptions, ...vtctldOptions],
  watch: ['for', ...vtctldOptions],
  snapshot: ['out', ...vtctldOptions],
};

/** What is wrong with the options for this command; undefined when nothing is. */
export function strayOption(command: CommandName, values: Values): string | undefined {
  for (const name of Object.keys(values) as OptionName[]) {
    const takers = commandNames.filter((one) => ownOptions[one].includes(name));
    if (takers.length === 0 || takers.includes(command)) continue;
    return `--${name} belongs to the command ${takers.join(', ')}`;
  }
  return undefined;
}

/** The milliseconds of a duration option; undefined when it is not given, words when it is wrong. */
export function readDuration(values: Values, name: DurationName): number | undefined | string {
  const text = values[name];
  if (text === undefined) return undefined;
  return parseDuration(text) ?? `--${name} "${text}" is not a duration such as 30s or 2m`;
}

type DurationName = 'timeout' | 'action-timeout' | 'switch-timeout' | 'max-lag' | 'for' | 'tablet-wait';

/** The TLS options of one kind of server, or what is wrong with them; without any there is no TLS. */
export function readTls(
  values: Values,
  server: 'etcd' | 'vtctld' | 'tablet',
): { readonly tls?: EtcdTlsFiles } | string {
  const [ca, cert, key] = [values[`${server}-ca`], values[`${server}-cert`], values[`${server}-key`]];
  const serverName = values[`${server}-server-name`];
  if ((cert === undefined) !== (key === undefined)) return `give --${server}-cert and --${server}-key together`;
  const tls: EtcdTlsFiles = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { serverName }),
  };
  return Object.keys(tls).length === 0 ? {} : { tls };
}
