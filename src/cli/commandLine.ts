/** What a command line asks for. */
import { parseArgs } from 'node:util';
import type { EtcdLocation, SnapshotLocation } from '../topology/openLocation.ts';

export const commandNames = ['status', 'diagnose', 'snapshot'] as const;
export type CommandName = (typeof commandNames)[number];

/** Where the topology is. */
export type TopologyAddress = EtcdAddress | SnapshotLocation;

/** An etcd whose password is not an argument. */
export interface EtcdAddress extends Omit<EtcdLocation, 'password'> {
  readonly passwordFile?: string;
}

export interface CommandLine {
  readonly command: CommandName;
  readonly address: TopologyAddress;
  readonly format: 'text' | 'json';
  /** Milliseconds for the whole command. */
  readonly timeoutMs: number;
  /** The folder that `snapshot` writes; undefined for the other commands. */
  readonly out: string | undefined;
}

export type ParsedCommandLine =
  | { readonly kind: 'run'; readonly commandLine: CommandLine }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'invalid'; readonly problem: string };

const options = {
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
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

const defaultRoot = '/vitess/global';
const defaultTimeoutMs = 30_000;

/** Parses a command line. Never throws: what is wrong is said in words. */
export function parseCommandLine(args: readonly string[]): ParsedCommandLine {
  try {
    return read(args);
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error));
  }
}

function read(args: readonly string[]): ParsedCommandLine {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.version) return { kind: 'version' };
  if (values.help || positionals[0] === 'help') return { kind: 'help' };
  const command = commandNames.find((name) => name === positionals[0]);
  if (command === undefined) {
    const given = positionals[0] === undefined ? 'no command given' : `unknown command "${positionals[0]}"`;
    return invalid(`${given}; commands are ${commandNames.join(', ')}`);
  }
  if (positionals.length > 1) return invalid(`unexpected argument "${positionals[1] ?? ''}"`);
  const format = values.format ?? 'text';
  if (format !== 'text' && format !== 'json') return invalid(`--format is text or json, not "${format}"`);
  const timeoutMs = values.timeout === undefined ? defaultTimeoutMs : parseDuration(values.timeout);
  if (timeoutMs === undefined) {
    return invalid(`--timeout "${values.timeout ?? ''}" is not a duration such as 30s or 2m`);
  }
  if (command === 'snapshot' && values.out === undefined) return invalid('snapshot needs --out DIR');
  if (command !== 'snapshot' && values.out !== undefined) return invalid('--out belongs to the command snapshot');
  const address = readAddress(values);
  if (typeof address === 'string') return invalid(address);
  return { kind: 'run', commandLine: { command, address, format, timeoutMs, out: values.out } };
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>['values'];

/** The address, or what is wrong with it. */
function readAddress(values: Values): TopologyAddress | string {
  if (values.etcd !== undefined && values.snapshot !== undefined) return 'give --etcd or --snapshot, not both';
  if (values.snapshot !== undefined) {
    const stray = Object.keys(values).find((name) => name.startsWith('etcd') || name === 'cell-address');
    if (stray !== undefined) return `--${stray} belongs to --etcd`;
    return { kind: 'snapshot', folder: values.snapshot, ...given({ root: values.root }) };
  }
  if (values.etcd === undefined) return 'give --etcd HOST:PORT or --snapshot DIR';
  const endpoints = values.etcd.split(',').filter((endpoint) => endpoint !== '');
  if (endpoints.length === 0) return '--etcd names no endpoint';
  if ((values['etcd-cert'] === undefined) !== (values['etcd-key'] === undefined)) {
    return 'give --etcd-cert and --etcd-key together';
  }
  const cellAddresses = readCellAddresses(values['cell-address'] ?? []);
  if (typeof cellAddresses === 'string') return cellAddresses;
  const tls = given({
    ca: values['etcd-ca'],
    cert: values['etcd-cert'],
    key: values['etcd-key'],
    serverName: values['etcd-server-name'],
  });
  return {
    kind: 'etcd',
    endpoints,
    root: values.root ?? defaultRoot,
    ...given({ user: values['etcd-user'], passwordFile: values['etcd-password-file'] }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
    cellAddresses,
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the options that were not given. */
function given<T extends Readonly<Record<string, string | undefined>>>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}

function readCellAddresses(pairs: readonly string[]): Record<string, string> | string {
  const addresses: [string, string][] = [];
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at <= 0 || at === pair.length - 1) return `--cell-address "${pair}" is not CELL=HOST:PORT or CELL=global`;
    addresses.push([pair.slice(0, at), pair.slice(at + 1)]);
  }
  return Object.fromEntries(addresses);
}

/** A duration as Go writes it (`30s`, `1m30s`, `500ms`) in milliseconds; undefined for anything else or zero. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  let total = 0;
  for (const [, amount = '', , unit = ''] of text.matchAll(/(\d+(\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (units[unit] ?? 0);
  }
  return total > 0 && Number.isFinite(total) ? total : undefined;
}

function invalid(problem: string): ParsedCommandLine {
  return { kind: 'invalid', problem };
}
