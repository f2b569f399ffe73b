import net from 'node:net';
import { describe, detailOf } from '../topology/errors.ts';
import type { EtcdCredentials } from '../topology/etcdAccess.ts';
import type { EtcdEndpoint } from '../topology/etcdAddress.ts';
import { TopologyError } from '../topology/topology.ts';
import { grpcMeanings, unknownGrpcMeaning, type Server } from './errorMeanings.ts';

/**
 * How to get into Vitess's gRPC servers: without `tls` in plain text; user and
 * password are those of Vitess's static authentication (--grpc-auth-static-password-file).
 */
export type GrpcAccess = EtcdCredentials;

/** One server and the way to it. */
export interface GrpcServer {
  readonly kind: Server;
  /** For people, e.g. `vtctld at 10.0.0.1:15999`. */
  readonly place: string;
  readonly endpoint: EtcdEndpoint;
  readonly access: GrpcAccess;
}

/** Describes a server; `name` is what people call it. */
export function grpcServer(
  kind: Server,
  name: string,
  { host, port }: { readonly host: string; readonly port: number },
  access: GrpcAccess,
): GrpcServer {
  const address = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  const endpoint = { host, port, address, secure: access.tls !== undefined };
  return { kind, place: `${name} at ${address}`, endpoint, access };
}

/** The gRPC statuses that Vitess's own code gives and gRPC itself does not: unknown, invalid argument, not found, already exists, failed precondition, aborted, out of range. */
const vitessStatuses: ReadonlySet<number> = new Set([2, 3, 5, 6, 9, 10, 11]);

/** What an error of a call to the server means; a TopologyError stays as it is. */
export function grpcError(error: unknown, { kind, place }: GrpcServer): TopologyError {
  if (error instanceof TopologyError) return error;
  const text = describe(error);
  const status = error instanceof Error && 'code' in error ? error.code : undefined;
  // Vitess's own words may look like those of a broken connection: "unable to get shard".
  const isVitess = typeof status === 'number' && vitessStatuses.has(status) && !text.includes('HTTP status code');
  const known = grpcMeanings(kind).find(({ when }) =>
    typeof when === 'number' ? when === status : !isVitess && when.test(text),
  );
  const { code, cause, next } = known ?? unknownGrpcMeaning(kind);
  const detail = detailOf(error);
  const said = detail === '' ? '' : ` (${detail})`;
  return new TopologyError({ code, message: `${place}: ${cause}${said}. ${next}` }, { cause: error });
}

/** Further statuses that end a call on the server's side: deadline exceeded, permission denied, unimplemented, unauthenticated. */
const otherAnswers: ReadonlySet<number> = new Set([4, 7, 12, 16]);

/** Whether the server itself ended the call with this error, so that it is not at work on it any more. Vitess's "unavailable" is left out: a lost connection looks the same. */
export function isAnswer({ cause }: TopologyError): boolean {
  const status = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof status === 'number' && (vitessStatuses.has(status) || otherAnswers.has(status));
}
