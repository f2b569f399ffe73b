import { Metadata } from '@grpc/grpc-js';
import type { ClientUnaryCall, ServiceError } from '@grpc/grpc-js';
import { AuthClient, Etcd3, KVClient, LeaseClient, MaintenanceClient } from 'etcd3';
import type { ICallable, IOptions, Services } from 'etcd3';
import type { EtcdTls } from './etcdAccess.ts';
import type { EtcdEndpoint } from './etcdAddress.ts';

type ServiceName = keyof typeof Services;
type UnaryMethod = (
  request: unknown,
  metadata: Metadata,
  options: object,
  done: (error: ServiceError | null, response: unknown) => void,
) => ClientUnaryCall;
type Outcome = { readonly error: ServiceError } | { readonly response: unknown };

/** etcd3's typed service clients whose calls all end with one signal and carry one token. */
export interface EtcdCalls {
  readonly kv: KVClient;
  readonly lease: LeaseClient;
  readonly auth: AuthClient;
  readonly maintenance: MaintenanceClient;
}

const usedServices: readonly ServiceName[] = ['KV', 'Lease', 'Auth', 'Maintenance'];

/**
 * etcd3's client of one member, with what a read of limited time needs on top:
 * calls can be cancelled, errors keep gRPC's status, nothing retries, and
 * closing frees every socket and timer at once.
 */
export class EtcdClient extends Etcd3 {
  constructor(endpoint: EtcdEndpoint, tls: EtcdTls | undefined) {
    super(clientOptions(endpoint, tls));
  }

  /** The services of this member; calls reject with gRPC's ServiceError, also when the signal ends them. */
  calls(signal: AbortSignal, token?: string): EtcdCalls {
    const callable: ICallable<unknown> = {
      exec: <T>(service: ServiceName, method: string, params: unknown) =>
        this.unary(service, method, params, signal, token) as Promise<T>,
      withConnection: () => Promise.reject(new Error('streams are not part of a read')),
      markFailed: () => undefined,
      callOptionsFactory: undefined,
    };
    return {
      kv: new KVClient(callable),
      lease: new LeaseClient(callable),
      auth: new AuthClient(callable),
      maintenance: new MaintenanceClient(callable),
    };
  }

  /** Ends all calls and closes all connections. */
  async shutdown(): Promise<void> {
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
    // An error is a value in here: one that etcd3 sees makes it close the channel under other calls.
    const outcome = await this.pool.withConnection(service, ({ client }) => {
      const metadata = new Metadata();
      if (token !== undefined) metadata.set('token', token);
      const start = (client as unknown as Record<string, UnaryMethod | undefined>)[method];
      if (start === undefined) throw new TypeError(`etcd3 has no method ${service}.${method}`);
      return new Promise<Outcome>((resolve) => {
        const cancel = (): void => {
          call.cancel();
        };
        const call = start.call(client, params, metadata, {}, (error, response) => {
          signal.removeEventListener('abort', cancel);
          resolve(error === null ? { response } : { error });
        });
        if (signal.aborted) cancel();
        else signal.addEventListener('abort', cancel, { once: true });
      });
    });
    if ('error' in outcome) throw outcome.error;
    return outcome.response;
  }
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
