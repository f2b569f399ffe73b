import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** What a proxy does with its connections, those that are open and those to come. */
export type ProxyMode =
  | { readonly kind: 'forward' }
  /** Closes every connection at once, also new ones. */
  | { readonly kind: 'drop' }
  /** Forwards each piece of data so much later, in both directions. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Keeps connections open and accepts new ones, and passes nothing on. */
  | { readonly kind: 'half-open' }
  /** Passes requests on and swallows every answer. */
  | { readonly kind: 'swallow-answers' }
  /** Passes so many more bytes of the clients on, then closes the connection that sent the last of them and forwards again. */
  | { readonly kind: 'cut'; readonly afterClientBytes: number };

/** A TCP proxy on the loopback address before one server, for faults of the way to it. */
export interface TcpProxy {
  /** `127.0.0.1:port`. */
  readonly address: string;
  set(mode: ProxyMode): void;
  /** Bytes that clients have sent so far. */
  clientBytes(): number;
  /** Closes all connections and stops listening. */
  stop(): Promise<void>;
}

/** Starts a proxy that forwards to `target`, which is `HOST:PORT`. */
export async function startProxy(target: string): Promise<TcpProxy> {
  const { hostname: host, port } = new URL(`tcp://${target}`);
  const proxy = new LoopbackProxy(() => net.connect({ host, port: Number(port) }));
  return proxy.start();
}

class LoopbackProxy {
  private readonly connect: () => Socket;
  private readonly server = net.createServer((client) => {
    this.accept(client);
  });
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private mode: ProxyMode = { kind: 'forward' };
  private sent = 0;
  /** How many bytes `cut` still passes on. */
  private left = 0;

  constructor(connect: () => Socket) {
    this.connect = connect;
  }

  async start(): Promise<TcpProxy> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = this.server.address() as AddressInfo;
    return {
      address: `127.0.0.1:${port}`,
      set: (mode) => {
        this.set(mode);
      },
      clientBytes: () => this.sent,
      stop: async () => {
        this.set({ kind: 'drop' });
        this.server.close();
        await once(this.server, 'close');
      },
    };
  }

  private set(mode: ProxyMode): void {
    this.mode = mode;
    if (mode.kind === 'drop') for (const pair of this.pairs) close(pair);
    if (mode.kind === 'cut') this.left = mode.afterClientBytes;
  }

  private accept(client: Socket): void {
    if (this.mode.kind === 'drop') {
      client.destroy();
      return;
    }
    const server = this.connect();
    const pair = [client, server] as const;
    this.pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => {
        close(pair);
      });
      socket.on('close', () => {
        this.pairs.delete(pair);
        // What was written to the other one still has to get there.
        for (const other of pair) other.destroySoon();
      });
    }
    client.on('data', (data) => {
      this.sent += data.length;
      this.fromClient(pair, data);
    });
    server.on('data', (data) => {
      if (this.mode.kind !== 'swallow-answers') this.pass(client, data);
    });
  }

  private fromClient(pair: readonly [Socket, Socket], data: Buffer): void {
    const [client, server] = pair;
    if (this.mode.kind !== 'cut') {
      this.pass(server, data);
      return;
    }
    if (data.length < this.left) {
      this.left -= data.length;
      server.write(data);
      return;
    }
    this.mode = { kind: 'forward' };
    // The server gets all that was to pass before it sees the end.
    server.end(data.subarray(0, this.left));
    client.destroy();
  }

  private pass(to: Socket, data: Buffer): void {
    const { mode } = this;
    if (mode.kind === 'half-open') return;
    if (mode.kind !== 'delay') {
      to.write(data);
      return;
    }
    setTimeout(() => {
      if (to.writable) to.write(data);
    }, mode.milliseconds);
  }
}

function close(pair: readonly [Socket, Socket]): void {
  for (const socket of pair) socket.destroy();
}
