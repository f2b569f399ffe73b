/**
 * What the errors of etcd, gRPC, TLS, the network and the disk mean to an
 * operator. No other file of the topology looks into error texts.
 */
import type { TopologyFailure } from '../model/topologyData.ts';
import { fileMeanings, meanings, unknownFileMeaning, unknownMeaning } from './errorMeanings.ts';
import type { Meaning, Purpose } from './errorMeanings.ts';
import { keyPrefix } from './keys.ts';
import { TopologyError } from './topology.ts';

/** The gRPC statuses with which etcd refuses: invalid argument, not found, permission denied, failed precondition, out of range, unimplemented, unauthenticated. */
const answers: ReadonlySet<number> = new Set([3, 5, 7, 9, 11, 12, 16]);
/** etcd refuses with this status too; gRPC also has it for a stream that was reset. */
const EXHAUSTED = 8;

/** The TopologyError for an error that `place` (e.g. `etcd at 10.0.0.1:2379`) gave; a TopologyError stays as it is. */
export function etcdError(error: unknown, place: string, purpose: Purpose = 'read'): TopologyError {
  if (error instanceof TopologyError) return error;
  const text = describe(error);
  const status = error instanceof Error && 'code' in error ? error.code : undefined;
  const meaning = meanings.find(
    ({ when, only }) =>
      (only === undefined || only === purpose) && (typeof when === 'number' ? when === status : when.test(text)),
  );
  return asTopologyError(error, place, meaning ?? unknownMeaning, detailOf(error));
}

/** The TopologyError for a file or folder that cannot be read or written; a TopologyError stays as it is. */
export function fileError(error: unknown, what: string): TopologyError {
  if (error instanceof TopologyError) return error;
  const meaning = fileMeanings.find(({ when }) => when.test(textProperty(error, 'code')));
  return asTopologyError(error, what, meaning ?? unknownFileMeaning, detailOf(error));
}

/** The TopologyError for a global root without cells and keyspaces; `found` are roots that do hold keys. */
export function emptyRootError(place: string, root: string, found: readonly string[]): TopologyError {
  const prefix = keyPrefix(root);
  const hint = found.length === 0 ? '' : ` Keys are stored under ${found.join(', ')}.`;
  const check = 'Check the global root (--topo_global_root of vtctld).';
  const message = `${place}: nothing is stored under ${prefix}cells/ and ${prefix}keyspaces/. ${check}${hint}`;
  return new TopologyError({ code: 'not-found', message });
}

/** Whether etcd wants a fresh token: the old one expired, or users and roles were changed since. */
export function needsNewToken(error: unknown): boolean {
  return /invalid auth token|revision of auth store is old/.test(describe(error));
}

/** Whether etcd refused a login because it asks for none. */
export function isAuthenticationOff(error: unknown): boolean {
  return /authentication is not enabled/.test(describe(error));
}

/** Whether the lease that was asked about is gone. */
export function isLeaseGone(error: unknown): boolean {
  return /requested lease not found/.test(describe(error instanceof TopologyError ? error.cause : error));
}

/**
 * Whether etcd itself answered with this error, so that the request is not on
 * its way any more. Any other error leaves open whether the request arrives.
 */
export function isAnswer(error: TopologyError): boolean {
  const { cause } = error;
  const status = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof status === 'number' && (answers.has(status) || (status === EXHAUSTED && error.code !== 'unreachable'));
}

/** The failure as a value. */
export function failureOf(error: TopologyError): TopologyFailure {
  return { code: error.code, message: error.message };
}

function asTopologyError(error: unknown, place: string, meaning: Meaning, detail: string): TopologyError {
  const said = detail === '' ? '' : ` (${detail})`;
  const message = `${place}: ${meaning.cause}${said}. ${meaning.next}`;
  return new TopologyError({ code: meaning.code, message }, { cause: error });
}

/** The error's code and text, for matching. */
export function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join('; ');
  return `${textProperty(error, 'code')} ${textOf(error)}`;
}

/** What people may want to see of the error: one short line without gRPC's and OpenSSL's own additions. */
export function detailOf(error: unknown): string {
  return textOf(error instanceof AggregateError ? error.errors[0] : error)
    .replace(/^.*Last error: (Error: )?/, '')
    .replace(/\.? ?Resolution note: .*$/s, '')
    .replace(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)/, '')
    .replace(/^.*:error:[0-9A-F]+:(SSL routines:)[^:]*:([^:]*):.*$/s, '$1 $2')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}

function textOf(error: unknown): string {
  return textProperty(error, 'details') || textProperty(error, 'message');
}

function textProperty(error: unknown, name: string): string {
  if (typeof error !== 'object' || error === null || !(name in error)) return '';
  const value: unknown = (error as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
}
