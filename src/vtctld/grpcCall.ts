/** Unary calls to Vitess's gRPC servers. */
import { setTimeout as delay } from 'node:timers/promises';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { ChannelCredentials, ServiceError } from '@grpc/grpc-js';
import { knock } from '../topology/etcdDial.ts';
import { withLimit } from '../topology/readScope.ts';
import { TopologyError } from '../topology/topology.ts';
import { grpcError, isAnswer, type GrpcAccess, type GrpcServer } from './grpcServer.ts';

export interface CallLimits {
  readonly signal: AbortSignal;
  /** For all tries together. */
  readonly timeoutMs: number;
  /** Called before a further try with what the last one gave. */
  readonly onRetry?: (error: TopologyError) => void;
}

/** What a server that is being restarted gets; the last wait is as long as its process may need to listen. */
const retryDelaysMs: readonly number[] = [250, 500, 1000, 2000, 4000];

/** One call, tried again while the server cannot be reached and the time allows; rejects with a TopologyError. */
export async function callPatiently<I extends DescMessage, O extends DescMessage>(
  server: GrpcServer,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  limits: CallLimits,
): Promise<MessageShape<O>> {
  const endsAt = performance.now() + limits.timeoutMs;
  return limited(server, limits, async (signal) => {
    for (let tries = 1; ; tries++) {
      try {
        return await callUnary(server, method, request, signal);
      } catch (caught) {
        const error = caught as TopologyError;
        const waitMs = retryDelaysMs[tries - 1];
        if (error.code !== 'unreachable' || waitMs === undefined || performance.now() + waitMs >= endsAt) {
          throw tries === 1 ? error : afterTries(error, tries);
        }
        limits.onRetry?.(error);
        await delay(waitMs, undefined, { signal }).catch(() => {
          throw signal.reason;
        });
      }
    }
  });
}

/** One call, tried once; rejects with a TopologyError. */
export function callOnce<I extends DescMessage, O extends DescMessage>(
  server: GrpcServer,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  limits: CallLimits,
): Promise<MessageShape<O>> {
  return limited(server, limits, (signal) => callUnary(server, method, request, signal));
}

/**
 * One call that changes something, tried once. Rejects with a TopologyError: `unknown-outcome` when it
 * was sent and the server did not answer it, so that it may be done, or still be going on.
 */
export async function callChanging<I extends DescMessage, O extends DescMessage>(
  server: GrpcServer,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  limits: CallLimits,
): Promise<MessageShape<O>> {
  const progress = { isSent: false };
  const onSent = (): void => {
    progress.isSent = true;
  };
  try {
    return await limited(server, limits, (signal) => callUnary(server, method, request, signal, onSent));
  } catch (caught) {
    const error = caught as TopologyError;
    throw progress.isSent && !isAnswer(error) ? withoutAnswer(error) : error;
  }
}

function withoutAnswer(error: TopologyError): TopologyError {
  const message = `${error.message} It may have done what it was asked for, or still be at it: look before you ask again.`;
  return new TopologyError({ code: 'unknown-outcome', message }, { cause: error.cause ?? error });
}

function limited<T>(
  { place }: GrpcServer,
  { signal, timeoutMs }: CallLimits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = (): TopologyError =>
    new TopologyError({
      code: 'timeout',
      message: `${place}: it did not answer within ${timeoutMs / 1000} s. Check the network, the firewall and its log, or allow more time.`,
    });
  return withLimit(signal, timeoutMs, late, (inner) =>
    work(inner).catch((error: unknown) => {
      throw signal.aborted
        ? new TopologyError({ code: 'cancelled', message: `${place}: it was cancelled before it answered.` })
        : error;
    }),
  );
}

function afterTries(error: TopologyError, tries: number): TopologyError {
  const { code, message } = error;
  return new TopologyError({ code, message: `${message} It was tried ${tries} times.` }, { cause: error });
}

async function callUnary<I extends DescMessage, O extends DescMessage>(
  server: GrpcServer,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I>,
  signal: AbortSignal,
  onSent?: () => void,
): Promise<MessageShape<O>> {
  const { endpoint, access } = server;
  try {
    // It can be stopped at once and tells TLS errors apart, which gRPC's own connecting does not.
    await knock(endpoint, access.tls, signal);
    onSent?.();
    const client = new Client(`dns:${endpoint.address}`, channelCredentials(access), channelOptions(access));
    try {
      return await unary(client, method, create(method.input, request), metadataOf(access), signal);
    } finally {
      client.close();
    }
  } catch (error) {
    throw grpcError(signal.aborted ? signal.reason : error, server);
  }
}

function unary<I extends DescMessage, O extends DescMessage>(
  client: Client,
  { parent, name, input, output }: DescMethodUnary<I, O>,
  request: MessageShape<I>,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<MessageShape<O>> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      call.cancel();
    };
    const call = client.makeUnaryRequest(
      `/${parent.typeName}/${name}`,
      (message: MessageShape<I>) => Buffer.from(toBinary(input, message)),
      (bytes) => fromBinary(output, bytes),
      request,
      metadata,
      (error: ServiceError | null, response?: MessageShape<O>) => {
        signal.removeEventListener('abort', cancel);
        if (response === undefined) reject(error ?? new Error('no response'));
        else resolve(response);
      },
    );
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
}

function metadataOf({ user, password = '' }: GrpcAccess): Metadata {
  const metadata = new Metadata();
  // The names of grpcclient.StaticAuthClientCreds.
  if (user !== undefined) {
    metadata.set('username', user);
    metadata.set('password', password);
  }
  return metadata;
}

function channelCredentials({ tls }: GrpcAccess): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const pem = (text: string | Buffer | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text));
  return credentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert));
}

/** A keyspace with many streams and their logs takes more than gRPC's usual 4 MiB; Vitess sends up to 16 (--grpc-max-message-size) and can be told more. */
const LARGEST_RESPONSE = 128 * 1024 * 1024;

function channelOptions({ tls }: GrpcAccess): object {
  const serverName = tls?.serverName;
  return {
    // A failed server must not leave its reconnect back-off to the next client of the same address.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.service_config_disable_resolution': 1,
    // What is connected to is what was named; the dial that goes before uses no proxy either.
    'grpc.enable_http_proxy': 0,
    // How often and how long is told by the caller's limits.
    'grpc.enable_retries': 0,
    'grpc.max_receive_message_length': LARGEST_RESPONSE,
    ...(serverName !== undefined && {
      'grpc.ssl_target_name_override': serverName,
      'grpc.default_authority': serverName,
    }),
  };
}
