import { Metadata, status } from '@grpc/grpc-js';
import type { ClientDuplexStream, ClientUnaryCall, ServiceError } from '@grpc/grpc-js';
import { AuthClient, Etcd3, KVClient, LeaseClient, MaintenanceClient } from 'etcd3';
import type {
  ICallable,
  ILeaseKeepAliveRequest,
  ILeaseKeepAliveResponse,
  IOptions,
  IWatchCreateRequest,
  IWatchRequest,
  IWatchResponse,
  Services,
} from 'etcd3';
import type { EtcdTls } from './etcdAccess.ts';
import type { EtcdEndpoint } from './etcdAddress.ts';

type ServiceName = keyof typeof Services;
type UnaryMethod = (
  request: unknown,
  metadata: Metadata,
  options: object,
  done: (error: ServiceError | null, response: unknown) => void,
) => ClientUnaryCall;
type Service = Readonly<Record<string, unknown>>;
type KeepAliveStream = ClientDuplexStream<ILeaseKeepAliveRequest, ILeaseKeepAliveResponse>;
type WatchStream = ClientDuplexStream<IWatchRequest, IWatchResponse>;
type Outcome = { readonly error: ServiceError } | { readonly response: unknown };

/** etcd3's typed service clients whose calls all end with one signal and carry one token. */
export interface EtcdCalls {
  readonly kv: KVClient;
  readonly lease: LeaseClient;
  readonly auth: AuthClient;
  readonly maintenance: MaintenanceClient;
  /** Renews a lease once; a TTL of 0 says that the lease is gone. */
  readonly keepAliveOnce: (leaseId: string) => Promise<ILeaseKeepAliveResponse>;
  /** Opens one stream with these watches; it ends by an error only, be it that the server closed it. */
  readonly watch: (
    watches: readonly IWatchCreateRequest[],
    onResponse: (response: IWatchResponse) => void,
  ) => Promise<never>;
}

const usedServices: readonly ServiceName[] = ['KV', 'Lease', 'Auth', 'Maintenance', 'Watch'];

/**
 * etcd3's client of one member, with what a read of limited time needs on top:
 * calls can be cancelled, errors keep gRPC's status, nothing retries, and
 * closing frees every socket and timer at once.
 */
export class EtcdClient extends Etcd3 {
  private closing: Promise<void> | undefined;

  constructor(endpoint: EtcdEndpoint, tls: EtcdTls | undefined) {
    super(clientOptions(endpoint, tls));
  }

  /** The services of this member; calls reject with gRPC's ServiceError, also when the signal ends them. */
  calls(signal: AbortSignal, token?: string): EtcdCalls {
    const callable: ICallable<unknown> = {
      exec: <T>(service: ServiceName, method: string, params: unknown) =>
        this.unary(service, method, params, signal, token) as Promise<T>,
      withConnection: () => Promise.reject(new Error('etcd3 opens no streams here')),
      markFailed: () => undefined,
      callOptionsFactory: undefined,
    };
    return {
      kv: new KVClient(callable),
      lease: new LeaseClient(callable),
      auth: new AuthClient(callable),
      maintenance: new MaintenanceClient(callable),
      keepAliveOnce: (leaseId) => this.keepAliveOnce(leaseId, signal, token),
      watch: (watches, onResponse) => this.watchStream(watches, onResponse, signal, token),
    };
  }

  /** Closes all connections; safe to call twice, as calls at the same time lose one member together. */
  shutdown(): Promise<void> {
    this.closing ??= this.closeServices();
    return this.closing;
  }

  private async closeServices(): Promise<void> {
    // etcd3 keeps a timer of a second for a channel that is still connecting, unless the channel is closed before.
    for (const service of usedServices) {
      await this.pool.withConnection(service, ({ client }) => {
        client.close();
      });
    }
    this.close();
  }

  private async unary(
    service: ServiceName,
    method: string,
    params: unknown,
    signal: AbortSignal,
    token: string | undefined,
  ): Promise<unknown> {
    return this.run(service, signal, (client, settle) => {
      const start = client[method] as UnaryMethod | undefined;
      if (start === undefined) throw new TypeError(`etcd3 has no method ${service}.${method}`);
      return start.call(client, params, metadataOf(token), {}, (error, response) => {
        settle(error === null ? { response } : { error });
      });
    });
  }

  // LeaseKeepAlive is a stream; one message on a stream of its own outlives no member and needs no repair.
  private async keepAliveOnce(
    ID: string,
    signal: AbortSignal,
    token: string | undefined,
  ): Promise<ILeaseKeepAliveResponse> {
    const response = await this.run('Lease', signal, (client, settle) => {
      const open = client['leaseKeepAlive'] as (metadata: Metadata, options: object) => KeepAliveStream;
      const stream = open.call(client, metadataOf(token), {});
      stream.on('error', (error) => {
        settle({ error: error as ServiceError });
      });
      stream.on('data', (renewed) => {
        settle({ response: renewed });
      });
      stream.on('end', () => {
        settle({ error: socketClosed() });
      });
      stream.write({ ID });
      stream.end();
      return stream;
    });
    return response as ILeaseKeepAliveResponse;
  }

  // etcd3's own watcher reconnects by itself, without a word on what is stale meanwhile, and watches on from a revision that is compacted away.
  private async watchStream(
    watches: readonly IWatchCreateRequest[],
    onResponse: (response: IWatchResponse) => void,
    signal: AbortSignal,
    token: string | undefined,
  ): Promise<never> {
    await this.run('Watch', signal, (client, settle) => {
      const open = client['watch'] as (metadata: Metadata, options: object) => WatchStream;
      const metadata = metadataOf(token);
      // A member that is cut off from its cluster then ends the stream instead of staying silent.
      metadata.set('hasleader', 'true');
      const stream = open.call(client, metadata, {});
      stream.on('error', (error) => {
        settle({ error: error as ServiceError });
      });
      stream.on('data', onResponse);
      stream.on('end', () => {
        settle({ error: socketClosed() });
      });
      for (const create_request of watches) stream.write({ create_request });
      return stream;
    });
    throw socketClosed();
  }

  /** Runs one call that settles once, and cancels it when the signal aborts. */
  private async run(
    service: ServiceName,
    signal: AbortSignal,
    start: (client: Service, settle: (outcome: Outcome) => void) => { cancel(): void },
  ): Promise<unknown> {
    // An error is a value in here: one that etcd3 sees makes it close the channel under other calls.
    const outcome = await this.pool.withConnection(service, ({ client }) => {
      return new Promise<Outcome>((resolve) => {
        const cancel = (): void => {
          call.cancel();
        };
        const call = start(client as unknown as Service, (settled) => {
          signal.removeEventListener('abort', cancel);
          resolve(settled);
        });
        if (signal.aborted) cancel();
        else signal.addEventListener('abort', cancel, { once: true });
      });
    });
    if ('error' in outcome) throw outcome.error;
    return outcome.response;
  }
}

function socketClosed(): ServiceError {
  return Object.assign(new Error('Socket closed'), { code: status.UNAVAILABLE }) as ServiceError;
}

function metadataOf(token: string | undefined): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set('token', token);
  return metadata;
}

function clientOptions(endpoint: EtcdEndpoint, tls: EtcdTls | undefined): IOptions {
  const serverName = tls?.serverName;
  return {
    hosts: `${endpoint.secure ? 'https' : 'http'}://${endpoint.address}`,
    ...(endpoint.secure && tls !== undefined && { credentials: credentialsOf(tls) }),
    grpcOptions: {
      // A page of large records is over gRPC's default of 4 MB.
      'grpc.max_receive_message_length': -1,
      // A failed member must not leave its reconnect back-off to the next client of the same address.
      'grpc.use_local_subchannel_pool': 1,
      'grpc.service_config_disable_resolution': 1,
      // What is connected to is what was named; the dial that goes before uses no proxy either.
      'grpc.enable_http_proxy': 0,
      // Notices a peer that goes silent in the middle of a call; etcd refuses pings more often than every 5 s.
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5_000,
      ...(serverName !== undefined && {
        'grpc.ssl_target_name_override': serverName,
        'grpc.default_authority': serverName,
      }),
    },
  };
}

function credentialsOf(tls: EtcdTls): NonNullable<IOptions['credentials']> {
  const bytes = (pem: string | Buffer | undefined): Buffer | undefined => (pem ? Buffer.from(pem) : undefined);
  const [rootCertificate, privateKey, certChain] = [bytes(tls.ca), bytes(tls.key), bytes(tls.cert)];
  return {
    // gRPC takes no CA for "those that Node.js trusts"; etcd3's type does not say so.
    rootCertificate: rootCertificate as Buffer,
    ...(privateKey && { privateKey }),
    ...(certChain && { certChain }),
  };
}
