import { networkMeanings, type Meaning } from '../topology/errorMeanings.ts';

/** What answers at the other end. */
export type Server = 'vttablet' | 'vtctld';

type GrpcMeaning = Meaning & { readonly when: number | RegExp };

const services: Readonly<Record<Server, string>> = { vttablet: 'grpc-tabletmanager', vtctld: 'grpc-vtctld' };

/**
 * Errors of a call to a Vitess server, by a pattern over code and text or by a
 * gRPC status; the first match counts. Only what is `unreachable` may be there a moment later.
 */
export function grpcMeanings(server: Server): readonly GrpcMeaning[] {
  const checkPort = `Check the port, and that --service-map of ${server} has ${services[server]}.`;
  const checkTls = `Compare the TLS settings with --grpc-cert, --grpc-key and --grpc-ca of ${server}.`;
  const checkAddress =
    server === 'vttablet'
      ? 'Check that vttablet runs, and the hostname and the grpc port in its Tablet record.'
      : 'Check the address and that vtctld runs.';
  return [
    {
      when: /alert (bad certificate|certificate required|handshake failure)/,
      code: 'tls',
      cause: `${server} demands a client certificate that it trusts`,
      next: `Give a client certificate and its key, signed by the CA of --grpc-ca of ${server}.`,
    },
    {
      when: /alert (unknown ca|unsupported certificate|certificate (unknown|expired|revoked))/,
      code: 'tls',
      cause: `${server} refuses the client certificate`,
      next: `Check that it is valid and signed by the CA of --grpc-ca of ${server}.`,
    },
    {
      when: /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|certificate (has expired|is not yet valid)/,
      code: 'tls',
      cause: `the certificate of ${server} is not valid at this time`,
      next: 'Check the dates of the certificate and the clock of this machine.',
    },
    {
      when: /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate's altnames/,
      code: 'tls',
      cause: `the certificate of ${server} is made out to another name than this address`,
      next: 'Give the name that the certificate carries as the TLS server name.',
    },
    {
      when: /UNABLE_TO_|SELF_SIGNED|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE|INVALID_CA|self.signed|unable to (verify|get)/,
      code: 'tls',
      cause: `the certificate of ${server} is not signed by the given CA`,
      next: 'Give the CA that signed it.',
    },
    {
      when: /wrong version number|packet length too long|before secure TLS connection was established/,
      code: 'tls',
      cause: 'TLS was tried, but what listens there does not speak it',
      next: `Turn TLS off for ${server}, or give it --grpc-cert and --grpc-key.`,
    },
    {
      when: /SSL routines|ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO/,
      code: 'tls',
      cause: 'the TLS handshake failed',
      next: checkTls,
    },
    { when: /ECONNREFUSED/, code: 'unreachable', cause: 'nothing listens there', next: checkAddress },
    ...networkMeanings,
    {
      when: /unknown method \S+ for service (vtctlservice\.Vtctld|tabletmanagerservice\.TabletManager)/,
      code: 'unimplemented',
      cause: `this ${server} does not know the call`,
      next: `It is of an older release of Vitess; what needs this call works with a newer ${server} only.`,
    },
    {
      when: /Protocol error|HTTP status code|ERR_HTTP2|unknown (service|method)/,
      code: 'invalid',
      cause: `what listens there is not ${server}`,
      next: checkPort,
    },
    {
      when: /ECONNRESET|EPIPE|Failed to connect|Socket closed|socket hang up|Connection (closed|dropped)|RST_STREAM/,
      code: 'unreachable',
      cause: 'the connection was closed without an answer',
      next: `If this ${server} speaks TLS, give its CA; else look into its log.`,
    },
    { when: 1, code: 'cancelled', cause: 'the call was cancelled', next: 'Try again.' },
    { when: 4, code: 'timeout', cause: 'the answer took too long', next: 'Look into its log, or allow more time.' },
    {
      when: 7,
      code: 'permission-denied',
      cause: `${server} refuses the user or the password`,
      next: `Check both against --grpc-auth-static-password-file of ${server}.`,
    },
    { when: 12, code: 'invalid', cause: `what listens there does not know this call`, next: checkPort },
    { when: 14, code: 'unreachable', cause: 'it cannot be reached', next: checkAddress },
    {
      when: 16,
      code: 'unauthenticated',
      cause: `${server} demands a user and a password`,
      next: `Give those of --grpc-auth-static-password-file of ${server}.`,
    },
  ];
}

/** What is said of an answer that is an error of the server's own. */
export function unknownGrpcMeaning(server: Server): Meaning {
  return { code: 'invalid', cause: 'it answered with an error', next: `Look into the log of this ${server}.` };
}
