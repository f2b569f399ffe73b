import { renameSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import type { IOptions } from 'etcd3';
import { makeCertificates } from './certificates.ts';
import type { TestCertificates } from './certificates.ts';
import { freePort, scratchFolder, startGuarded } from '../../scripts/guardedProcess.ts';
import type { GuardedProcess } from '../../scripts/guardedProcess.ts';

/** How the etcd of one test differs from a plain, open one. */
export interface EtcdOptions {
  /** `server`: TLS with a server certificate; `mutual`: clients must also show the client certificate. */
  readonly tls?: 'server' | 'mutual';
  /** Turns authentication on with this password for etcd's `root` user. */
  readonly rootPassword?: string;
  /** Further etcd flags, e.g. `['--max-txn-ops=64']`. */
  readonly flags?: readonly string[];
}

/** A real etcd server on the loopback address, private to one test or suite. */
export interface EtcdServer {
  /** `127.0.0.1:port`, as Vitess writes it in `CellInfo.server_address`. */
  readonly address: string;
  /** The address with its scheme, `http://…` or `https://…`. */
  readonly endpoint: string;
  /** Set when the server speaks TLS. */
  readonly certificates: TestCertificates | undefined;
  /** Set when authentication is on. */
  readonly auth: { readonly username: string; readonly password: string } | undefined;
  /** Options with which etcd3 connects to this server with full rights. */
  readonly clientOptions: IOptions;
  /** A client with full rights, closed by `stop`. */
  readonly client: Etcd3;
  /** Makes the server hang: connections stay open and are accepted, and nothing is answered until `resume`. */
  suspend(): void;
  resume(): void;
  /** Kills the server; its data stays. */
  kill(): Promise<void>;
  /** Starts a killed server again, at the same address with its data. */
  start(): Promise<void>;
  /** What the server wrote to its log. */
  log(): Promise<string>;
  /** Kills the server, closes the client and removes the data; safe to call twice. */
  stop(): Promise<void>;
}

const START_SECONDS = 20;

/** Starts etcd from PATH on free loopback ports with a fresh data folder and waits until it serves; throws with etcd's log when it does not. */
export async function startEtcd(options: EtcdOptions = {}): Promise<EtcdServer> {
  const scratch = await scratchFolder('etcd');
  const certificates = options.tls === undefined ? undefined : await makeCertificates(scratch);
  const port = await freePort();
  const endpoint = `${certificates === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const flags = [...serverFlags(scratch, endpoint, await freePort()), ...tlsFlags(certificates, options.tls)];
  const server = new RestartableServer(async () => {
    const started = await startGuarded(scratch, 'etcd', [...flags, ...(options.flags ?? [])], {
      PATH: process.env['PATH'],
      // Debian builds etcd for more machines than upstream tests; without this it refuses to start on some of them.
      ETCD_UNSUPPORTED_ARCH: process.arch,
    });
    try {
      await untilHealthy(started, endpoint, certificates);
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  });
  try {
    await server.start();
    const credentials = certificates === undefined ? {} : { credentials: clientCredentials(certificates) };
    const open: IOptions = { hosts: endpoint, ...credentials };
    const auth = options.rootPassword === undefined ? undefined : { username: 'root', password: options.rootPassword };
    if (auth !== undefined) await enableAuthentication(open, auth.password);
    return describeServer(server, endpoint, certificates, auth === undefined ? open : { ...open, auth });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** A process that can be killed and started again with the same scratch folder. */
class RestartableServer {
  private readonly startProcess: () => Promise<GuardedProcess>;
  private current: GuardedProcess | undefined;

  constructor(startProcess: () => Promise<GuardedProcess>) {
    this.startProcess = startProcess;
  }

  async start(): Promise<void> {
    this.current = await this.startProcess();
  }

  async kill(): Promise<void> {
    const { scratch } = this.running;
    const kept = `${scratch}-kept`;
    this.signal('SIGKILL');
    // Its guard removes the folder as soon as it sees the end.
    renameSync(scratch, kept);
    await this.running.stop();
    renameSync(kept, scratch);
  }

  signal(name: NodeJS.Signals): void {
    this.running.signal(name);
  }

  log(): Promise<string> {
    return this.running.log();
  }

  async stop(): Promise<void> {
    await this.current?.stop();
  }

  private get running(): GuardedProcess {
    if (this.current === undefined) throw new Error('etcd was not started');
    return this.current;
  }
}

function describeServer(
  server: RestartableServer,
  endpoint: string,
  certificates: TestCertificates | undefined,
  clientOptions: IOptions,
): EtcdServer {
  const client = new Etcd3(clientOptions);
  return {
    address: endpoint.replace(/^https?:\/\//, ''),
    endpoint,
    certificates,
    auth: clientOptions.auth,
    clientOptions,
    client,
    suspend: () => {
      server.signal('SIGSTOP');
    },
    resume: () => {
      server.signal('SIGCONT');
    },
    kill: () => server.kill(),
    start: () => server.start(),
    log: () => server.log(),
    stop: async () => {
      client.close();
      await server.stop();
    },
  };
}

function serverFlags(scratch: string, endpoint: string, peerPort: number): string[] {
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    '--name=topo',
    `--data-dir=${path.join(scratch, 'data')}`,
    `--listen-client-urls=${endpoint}`,
    `--advertise-client-urls=${endpoint}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=topo=${peer}`,
    '--logger=zap',
    '--log-level=warn',
  ];
}

function tlsFlags(certificates: TestCertificates | undefined, tls: EtcdOptions['tls']): string[] {
  if (certificates === undefined) return [];
  const flags = [`--cert-file=${certificates.server.certificateFile}`, `--key-file=${certificates.server.keyFile}`];
  if (tls === 'mutual') flags.push('--client-cert-auth', `--trusted-ca-file=${certificates.authorityFile}`);
  return flags;
}

function clientCredentials(certificates: TestCertificates): NonNullable<IOptions['credentials']> {
  return {
    rootCertificate: certificates.authority,
    privateKey: certificates.client.key,
    certChain: certificates.client.certificate,
  };
}

async function untilHealthy(
  server: GuardedProcess,
  endpoint: string,
  certificates: TestCertificates | undefined,
): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!(await answersHealthy(endpoint, certificates))) {
    const ended = server.exitCode();
    if (ended === undefined && Date.now() < deadline) {
      await delay(50);
      continue;
    }
    const what = ended === undefined ? `is not healthy after ${START_SECONDS} s` : `ended with code ${ended}`;
    throw new Error(`etcd ${what}:\n${await readFile(path.join(server.scratch, 'process.log'), 'utf8')}`);
  }
}

function answersHealthy(endpoint: string, certificates: TestCertificates | undefined): Promise<boolean> {
  const tls = certificates && {
    ca: certificates.authority,
    cert: certificates.client.certificate,
    key: certificates.client.key,
    servername: 'localhost',
  };
  return new Promise((resolve) => {
    const get = tls === undefined ? http.get : https.get;
    const request = get(`${endpoint}/health`, { agent: false, timeout: 1000, ...tls }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', () => {
      resolve(false);
    });
  });
}

async function enableAuthentication(options: IOptions, password: string): Promise<void> {
  const client = new Etcd3(options);
  try {
    const root = await client.user('root').create(password);
    await client.role('root').create();
    await root.addRole('root');
    await client.auth.authEnable();
  } finally {
    client.close();
  }
}
