import type { TopologyFailureCode } from '../model/topologyData.ts';

/** What an error means: what happened, and what to do next. */
export interface Meaning {
  readonly code: TopologyFailureCode;
  readonly cause: string;
  readonly next: string;
}

/** What etcd was called for; some errors mean another thing when it was to write. */
export type Purpose = 'read' | 'write';

const CHECK_TLS = 'If this etcd speaks TLS, write its address with https:// and give its CA.';
const CHECK_PLAIN = 'If this etcd speaks no TLS, write its address with http://.';
const CHECK_PORT = 'Check the port: etcd takes clients on 2379 by default.';
const CHECK_PATH = 'Check the path.';
const CHECK_RIGHTS = 'Check its owner and permissions.';

/** Errors of the way to any server, by a pattern over code and text. */
export const networkMeanings: readonly (Meaning & { readonly when: RegExp })[] = [
  {
    when: /ENOTFOUND|EAI_AGAIN|Name resolution failed/,
    code: 'unreachable',
    cause: 'the host name does not resolve',
    next: 'Check the name, DNS and VPN.',
  },
  {
    when: /EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT|EHOSTDOWN|ENETDOWN|EACCES|EPERM/,
    code: 'unreachable',
    cause: 'there is no way to this address from here',
    next: 'Check the network, the firewall and the VPN.',
  },
];

/**
 * Errors of etcd and of the way to it, by a pattern over code and text or by a
 * gRPC status. The first match counts, so the particular comes before the
 * general: etcd uses few gRPC codes for many causes.
 */
export const meanings: readonly (Meaning & { readonly when: number | RegExp; readonly only?: Purpose })[] = [
  {
    when: /required revision has been compacted/,
    code: 'compacted',
    cause: 'etcd compacted away the revision that was being read',
    next: 'Read again; if this repeats, keep more history (etcd --auto-compaction-retention).',
  },
  {
    when: /authentication failed, invalid user ID or password/,
    code: 'unauthenticated',
    cause: 'etcd refuses the user name or the password',
    next: 'Check both; `etcdctl user get NAME` tells whether the user exists.',
  },
  {
    when: /user name is empty/,
    code: 'unauthenticated',
    cause: 'etcd demands a user and a password, and none was given',
    next: 'Give the connection a user and a password.',
  },
  {
    when: /invalid auth token|revision of auth store is old/,
    code: 'unauthenticated',
    cause: 'etcd does not accept the login any more',
    next: 'Read again to log in anew.',
  },
  {
    when: /etcdserver: permission denied/,
    only: 'write',
    code: 'permission-denied',
    cause: 'this user may not write the keys of the topology',
    next: 'Grant it: `etcdctl role grant-permission ROLE readwrite --prefix=true ROOT`, for the global root and every cell’s.',
  },
  {
    when: /database space exceeded/,
    code: 'no-space',
    cause: 'etcd takes no more writes: its space quota is used up (NOSPACE)',
    next: 'Make room: `etcdctl compact REVISION`, `etcdctl defrag --cluster`, then `etcdctl alarm disarm`; or raise etcd’s --quota-backend-bytes.',
  },
  {
    when: /request is too large|received message larger than max/,
    code: 'invalid',
    cause: 'the request is larger than etcd takes',
    next: 'Raise etcd’s --max-request-bytes (1.5 MiB by default).',
  },
  {
    when: /too many operations in txn/,
    code: 'invalid',
    cause: 'the transaction has more operations than etcd takes',
    next: 'Raise etcd’s --max-txn-ops (128 by default).',
  },
  {
    when: /requested lease not found/,
    code: 'changed',
    cause: 'the lease expired or was revoked',
    next: 'Start again.',
  },
  {
    when: /etcdserver: permission denied/,
    code: 'permission-denied',
    cause: 'this user may not read the keys of the topology',
    next: 'Grant it: `etcdctl role grant-permission ROLE read --prefix=true ROOT`, for the global root and every cell’s.',
  },
  {
    when: /no leader|leader changed|etcdserver: request timed out|not enough started members|server stopped/,
    code: 'unreachable',
    cause: 'etcd answers, but its cluster has no leader or no quorum',
    next: 'Check the members: `etcdctl endpoint status --cluster -w table`.',
  },
  {
    when: /alert (bad certificate|certificate required|handshake failure)/,
    code: 'tls',
    cause: 'etcd demands a client certificate that it trusts',
    next: 'Give the connection a client certificate and its key, signed by the CA of etcd’s --trusted-ca-file.',
  },
  {
    when: /alert (unknown ca|unsupported certificate|certificate (unknown|expired|revoked))/,
    code: 'tls',
    cause: 'etcd refuses the client certificate',
    next: 'Check that the client certificate is valid and signed by the CA of etcd’s --trusted-ca-file.',
  },
  {
    when: /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|certificate (has expired|is not yet valid)/,
    code: 'tls',
    cause: 'the certificate of etcd is not valid at this time',
    next: 'Check the dates of the certificate and the clock of this machine.',
  },
  {
    when: /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate's altnames/,
    code: 'tls',
    cause: 'the certificate of etcd is made out to another name than this address',
    next: 'Use a name that the certificate carries, or give it as the TLS server name.',
  },
  {
    when: /UNABLE_TO_|SELF_SIGNED|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA|self.signed|unable to (verify|get)/,
    code: 'tls',
    cause: 'the certificate of etcd is not signed by the given CA',
    next: 'Give the CA that signed it.',
  },
  {
    when: /wrong version number|packet length too long/,
    code: 'tls',
    cause: 'TLS was tried, but what listens there does not speak it',
    next: CHECK_PLAIN,
  },
  {
    when: /before secure TLS connection was established/,
    code: 'tls',
    cause: 'the other side hung up in the TLS handshake',
    next: CHECK_PLAIN,
  },
  {
    when: /SSL routines|ERR_SSL_|ERR_TLS_|EPROTO/,
    code: 'tls',
    cause: 'the TLS handshake failed',
    next: 'Compare the TLS settings with those of etcd.',
  },
  {
    when: /ECONNREFUSED/,
    code: 'unreachable',
    cause: 'nothing listens there',
    next: 'Check the address and that etcd runs.',
  },
  ...networkMeanings,
  {
    when: /Protocol error|HTTP status code|ERR_HTTP2|RST_STREAM|unknown (service|method)/,
    code: 'invalid',
    cause: 'what listens there is not an etcd v3 server',
    next: CHECK_PORT,
  },
  {
    when: /ECONNRESET|EPIPE|Failed to connect|Socket closed|socket hang up|Connection (closed|dropped)/,
    code: 'unreachable',
    cause: 'the connection was closed without an answer',
    next: CHECK_TLS,
  },
  {
    when: /keepalive timeout/i,
    code: 'unreachable',
    cause: 'it stopped answering',
    next: 'Check the network and the load of etcd.',
  },
  { when: 1, code: 'cancelled', cause: 'the call was cancelled', next: 'Read again.' },
  {
    when: 4,
    code: 'timeout',
    cause: 'the answer took too long',
    next: 'Check the network and the load of etcd, or allow more time.',
  },
  { when: 12, code: 'invalid', cause: 'what listens there is not an etcd v3 server', next: CHECK_PORT },
  { when: 14, code: 'unreachable', cause: 'it cannot be reached', next: 'Check the address and that etcd runs.' },
];

/** What is said of an error that no line knows. */
export const unknownMeaning: Meaning = {
  code: 'unreachable',
  cause: 'it failed with an error that is not known here',
  next: 'Look into its log.',
};

/** Errors of files and folders, by their code. */
export const fileMeanings: readonly (Meaning & { readonly when: RegExp })[] = [
  { when: /^ENOENT$/, code: 'not-found', cause: 'it does not exist', next: CHECK_PATH },
  { when: /^ENOTDIR$/, code: 'not-found', cause: 'it is not a folder', next: CHECK_PATH },
  { when: /^EISDIR$/, code: 'invalid', cause: 'it is a folder, not a file', next: CHECK_PATH },
  { when: /^(EACCES|EPERM)$/, code: 'permission-denied', cause: 'this user may not use it', next: CHECK_RIGHTS },
  { when: /^ELOOP$/, code: 'invalid', cause: 'its symbolic links lead in a circle', next: CHECK_PATH },
  { when: /^(ENOSPC|EDQUOT)$/, code: 'invalid', cause: 'the disk is full', next: 'Free some space.' },
  { when: /^EROFS$/, code: 'permission-denied', cause: 'the disk is read-only', next: 'Choose another folder.' },
];

/** What is said of a file's error that no line knows. */
export const unknownFileMeaning: Meaning = {
  code: 'invalid',
  cause: 'it cannot be used',
  next: 'Check the file and the disk.',
};
