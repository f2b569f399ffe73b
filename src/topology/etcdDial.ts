import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { EtcdTls } from './etcdAccess.ts';
import type { EtcdEndpoint } from './etcdAddress.ts';

/**
 * Connects to the endpoint, with the TLS handshake where it speaks TLS, and hangs
 * up. gRPC can neither stop a connect that nobody answers (its socket keeps the
 * process alive for minutes) nor say well why one failed; this does both.
 * Rejects with Node's error, or with the signal's reason.
 */
export async function knock(endpoint: EtcdEndpoint, material: EtcdTls | undefined, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { host, port, secure } = endpoint;
  const socket = secure ? tls.connect(tlsOptions(endpoint, material)) : net.connect({ host, port });
  const hangUp = (): void => {
    socket.destroy(signal.reason as Error);
  };
  signal.addEventListener('abort', hangUp, { once: true });
  try {
    await once(socket, secure ? 'secureConnect' : 'connect');
  } finally {
    signal.removeEventListener('abort', hangUp);
    // A late error of a socket that is no longer wanted must not end the process.
    socket.on('error', () => undefined);
    socket.destroy();
  }
}

function tlsOptions({ host, port }: EtcdEndpoint, material: EtcdTls = {}): tls.ConnectionOptions {
  const { ca, cert, key, serverName } = material;
  const name = serverName ?? (net.isIP(host) === 0 ? host : undefined);
  return {
    host,
    port,
    ALPNProtocols: ['h2'],
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(name !== undefined && { servername: name }),
  };
}
