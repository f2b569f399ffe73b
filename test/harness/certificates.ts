import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A key pair signed by the test authority: the files that servers take and the bytes that clients take. */
export interface SignedKeyPair {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly certificate: Buffer;
  readonly key: Buffer;
}

/** A throw-away certificate authority with a server certificate for the loopback address and a client certificate. */
export interface TestCertificates {
  readonly authorityFile: string;
  readonly authority: Buffer;
  readonly server: SignedKeyPair;
  readonly client: SignedKeyPair;
}

/** Makes a certificate authority and its two key pairs with openssl in `folder`, valid for one day. */
export async function makeCertificates(folder: string): Promise<TestCertificates> {
  const authority = await makeAuthority(folder);
  const server = await sign(folder, authority, 'server', 'localhost', [
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
    // etcd's gRPC gateway connects back to the server with the server's own certificate.
    'extendedKeyUsage=serverAuth,clientAuth',
  ]);
  const client = await sign(folder, authority, 'client', 'root', ['extendedKeyUsage=clientAuth']);
  return { authorityFile: authority.certificateFile, authority: authority.certificate, server, client };
}

async function makeAuthority(folder: string): Promise<SignedKeyPair> {
  const keyFile = path.join(folder, 'ca.key');
  const certificateFile = path.join(folder, 'ca.pem');
  await openssl(
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
    ['-subj', '/CN=vitess-topo test authority', '-keyout', keyFile, '-out', certificateFile],
  );
  return readPair(certificateFile, keyFile);
}

async function sign(
  folder: string,
  authority: SignedKeyPair,
  name: string,
  commonName: string,
  extensions: readonly string[],
): Promise<SignedKeyPair> {
  const file = (ending: string): string => path.join(folder, `${name}.${ending}`);
  await openssl(
    ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', `/CN=${commonName}`],
    ['-keyout', file('key'), '-out', file('csr')],
  );
  await writeFile(file('ext'), `${extensions.join('\n')}\n`);
  await openssl(
    ['x509', '-req', '-days', '1', '-in', file('csr'), '-extfile', file('ext'), '-out', file('pem')],
    ['-CA', authority.certificateFile, '-CAkey', authority.keyFile, '-CAcreateserial'],
  );
  return readPair(file('pem'), file('key'));
}

async function readPair(certificateFile: string, keyFile: string): Promise<SignedKeyPair> {
  const [certificate, key] = await Promise.all([readFile(certificateFile), readFile(keyFile)]);
  return { certificateFile, keyFile, certificate, key };
}

async function openssl(...args: readonly (readonly string[])[]): Promise<void> {
  await run('openssl', args.flat());
}
