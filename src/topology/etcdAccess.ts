import { readFile } from 'node:fs/promises';
import tls from 'node:tls';
import { fileError } from './errors.ts';
import type { EtcdEndpoint } from './etcdAddress.ts';
import { TopologyError } from './topology.ts';

/** TLS material as PEM; without a CA the certificates that Node.js trusts count. */
export interface EtcdTls {
  readonly ca?: string | Buffer;
  /** The client certificate and its key, both or none. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** The name that etcd's certificate carries, when it is not the address. */
  readonly serverName?: string;
}

/** The same as paths of PEM files. */
export interface EtcdTlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
}

/** How to log in. */
export interface EtcdCredentials {
  readonly user?: string;
  readonly password?: string;
  readonly tls?: EtcdTls;
}

/** How to get into etcd, the same for the global cluster and for every cell's. */
export interface EtcdAccess extends EtcdCredentials {
  /** Whether the global cluster is reached over TLS. */
  readonly secure: boolean;
  /** How long to wait until a member answers for the first time. */
  readonly dialTimeoutMs: number;
}

/** Reads the PEM files; rejects with a TopologyError that names the file. */
export async function readTlsFiles(files: EtcdTlsFiles): Promise<EtcdTls> {
  const [ca, cert, key] = await Promise.all([
    readPem('CA certificate', files.ca),
    readPem('client certificate', files.cert),
    readPem('client key', files.key),
  ]);
  const { serverName } = files;
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(serverName !== undefined && { serverName }),
  };
}

/** Throws a TopologyError for credentials that cannot work with any server. */
export function checkCredentials({ user, password, tls: material }: EtcdCredentials): void {
  if (user === undefined && password !== undefined) {
    throw new TopologyError({ code: 'invalid', message: 'A password is given without a user. Give the user too.' });
  }
  if (material === undefined) return;
  const { ca, cert, key } = material;
  if (cert === undefined && key !== undefined)
    throw tlsError('A client key is given without its certificate. Give both.');
  if (cert !== undefined && key === undefined)
    throw tlsError('A client certificate is given without its key. Give both.');
  if (ca !== undefined && !isCertificate(ca)) throw tlsError('The CA certificate is not a PEM certificate.');
  if (cert !== undefined && !isCertificate(cert)) throw tlsError('The client certificate is not a PEM certificate.');
  try {
    tls.createSecureContext({ ca, cert, key });
  } catch (error) {
    throw tlsError(
      'The certificates cannot be used: one is damaged, the client key does not fit its certificate, or the key has a passphrase.',
      error,
    );
  }
}

/** Throws rather than send the password in clear text to an address that only a record names. */
export function checkSecrecy(endpoint: EtcdEndpoint, access: EtcdAccess): void {
  if (endpoint.secure || !access.secure) return;
  throw tlsError(
    `etcd at ${endpoint.address}: this connection uses TLS, but the cell's address says http://, and the password would be readable on the way. Write the address with https://.`,
  );
}

// OpenSSL ignores a CA text without any certificate in it, and the handshake would then fail for a reason far away.
function isCertificate(pem: string | Buffer): boolean {
  return pem.includes('-----BEGIN CERTIFICATE-----') || pem.includes('-----BEGIN TRUSTED CERTIFICATE-----');
}

async function readPem(what: string, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  const bytes = await readFile(file).catch((error: unknown) => {
    throw fileError(error, `The ${what} ${file}`);
  });
  if (!bytes.includes('-----BEGIN ')) throw tlsError(`The ${what} ${file} is not a PEM file.`);
  return bytes;
}

function tlsError(message: string, cause?: unknown): TopologyError {
  return new TopologyError({ code: 'tls', message }, { cause });
}
