import type { HttpFault, HttpFaultKind } from './http/fault.ts';
import type { NameOf } from './options.ts';

/** The faults of a connection, as against those of an answer and those of time. */
export type ConnectionFaultKind = Exclude<HttpFaultKind, 'too-large' | 'coding' | 'deadline' | 'aborted'>;

/** What OpenSSL says of bytes that are no TLS, such as an answer in plain http. */
export const SPEAKS_NO_TLS = 'ERR_SSL_WRONG_VERSION_NUMBER';

/** Says what an operator can do about a connection that failed. Loaded when one has: no start and no answer waits for these texts. */
export function explainFault(kind: ConnectionFaultKind, { reason }: HttpFault, nameOf: NameOf): string {
  return ADVICE[kind](reason, nameOf);
}

type Advice = (reason: string, nameOf: NameOf) => string;

const ADVICE: Record<ConnectionFaultKind, Advice> = {
  connect: (reason, nameOf) =>
    `Conjur could not be reached (${reason}). Check ${nameOf('baseUrl')}, and that the network lets this process through to Conjur.`,
  proxy: (reason, nameOf) =>
    `The http proxy did not let the connection to Conjur through (${reason}). Check ${nameOf('proxy.https')} and ${nameOf('proxy.http')} (${reason === 'answered 407' ? 'user and password: the proxy refused them, or misses them' : 'host and port, and that the network lets this process through to the proxy'}), or name Conjur's host in ${nameOf('proxy.except')}.`,
  'proxy-tls': (reason, nameOf) =>
    `The TLS connection to the http proxy was refused (${reason}); Conjur was not asked yet. An https:// address in ${nameOf('proxy.https')} or ${nameOf('proxy.http')} means that the proxy itself speaks TLS: most are http://. If it does, check that the address names the host in the proxy's certificate, and add the authority that signed it to ${nameOf('tls.ca')}.`,
  'client-certificate': (reason, nameOf) =>
    `Conjur's server refused the client certificate, or misses one (${reason}). Check ${nameOf('tls.clientCert')} and ${nameOf('tls.clientKey')}: the certificate's dates, and that the server trusts who signed it.`,
  tls: (reason, nameOf) => (TLS_ADVICE.find(([codes]) => codes.test(reason)) ?? UNKNOWN_TLS)[1](reason, nameOf),
  timeout: (reason, nameOf) =>
    `Conjur did not answer within ${reason}. Check Conjur's health, or raise ${nameOf('timeoutMs')}.`,
  'circuit-open': (reason) =>
    `Conjur has failed every request lately (the last: ${reason}), and was not asked: until it answers, it is asked once every few seconds. Check Conjur's health and try again.`,
  broken: (reason, nameOf) =>
    `The connection to Conjur broke (${reason}). Check Conjur's health and what stands between; a server that asks for a client certificate also ends connections like this (${nameOf('tls.clientCert')}).`,
};

/**
 * By the code that OpenSSL or Node gave; the first that fits. https://nodejs.org/api/tls.html#x509-certificate-error-codes has those of
 * certificates.
 */
const TLS_ADVICE: readonly [codes: RegExp, Advice][] = [
  [
    new RegExp(`^${SPEAKS_NO_TLS}$`),
    (reason, nameOf) =>
      `The server that ${nameOf('baseUrl')} names does not speak TLS on that port (${reason}). Check the port; if it is one for plain http, the URL begins with http://.`,
  ],
  [
    /^(?:ERR_TLS_CERT_ALTNAME|HOSTNAME_MISMATCH)/,
    (reason, nameOf) =>
      `Conjur's certificate names other hosts (${reason}). Put one of its names into ${nameOf('baseUrl')}, or have it issued for this one.`,
  ],
  [
    /^(?:CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ERROR_IN_CERT_NOT_)/,
    (reason, nameOf) =>
      `A certificate is not valid today (${reason}): Conjur's own, one above it, or one in ${nameOf('tls.ca')}. Have it renewed, and check the clock of this machine.`,
  ],
  [
    /^(?:CERT_REVOKED|CERT_REJECTED|CERT_UNTRUSTED|CRL_|UNABLE_TO_GET_CRL|UNABLE_TO_DECRYPT_CRL|ERROR_IN_CRL)/,
    (reason) =>
      `Conjur's certificate was withdrawn, or the list of those that were could not be used (${reason}). Have a new certificate issued for Conjur.`,
  ],
  [
    /^(?:INVALID_PURPOSE|INVALID_CA|PATH_LENGTH_EXCEEDED|CERT_CHAIN_TOO_LONG)$/,
    (reason, nameOf) =>
      `A certificate is used for what it was not issued for (${reason}): Conjur's own must be for servers (extendedKeyUsage serverAuth), and those above it, in ${nameOf('tls.ca')} too, must be of authorities (CA:TRUE, keyCertSign). Have that one issued anew.`,
  ],
  [
    /^(?:UNSPECIFIED|CERT_SIGNATURE_FAILURE|UNABLE_TO_DECRYPT_CERT_SIGNATURE|UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY|OUT_OF_MEM)$/,
    (reason, nameOf) =>
      `OpenSSL refuses a certificate without a word why (${reason}), Conjur's or one in ${nameOf('tls.ca')}: its key or its signature may be too weak (RSA under 2048 bits, SHA-1), or it is not the one that signed. \`openssl verify -CAfile CA CERT\` says more; have it issued anew.`,
  ],
  [
    /^ERR_SSL_(?:EE_KEY_TOO_SMALL|CA_KEY_TOO_SMALL|CA_MD_TOO_WEAK|KEY_VALUES_MISMATCH|NO_CERTIFICATE_ASSIGNED|UNKNOWN_CERTIFICATE_TYPE)$/,
    (reason, nameOf) =>
      `OpenSSL does not take the client certificate (${reason}). Check ${nameOf('tls.clientCert')} and ${nameOf('tls.clientKey')}: RSA keys have 2048 bits at least.`,
  ],
  [
    /^(?:ERR_SSL_.*(?:PROTOCOL|HANDSHAKE_FAILURE|CIPHER|INSUFFICIENT_SECURITY)|ERR_TLS_PROTOCOL)/,
    (reason, nameOf) =>
      `Conjur's server and this process found no TLS version and cipher in common (${reason}). The server must speak TLS 1.2 or 1.3; one that asks for a client certificate may end the handshake like this too (${nameOf('tls.clientCert')}).`,
  ],
  [
    /^ERR_SSL_.*UNRECOGNIZED_NAME$/,
    (reason, nameOf) =>
      `The server knows no host of the name that was asked for (${reason}). Check ${nameOf('baseUrl')}, and how what stands in front of Conjur passes host names on.`,
  ],
  [
    /^(?:SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/,
    (reason, nameOf) =>
      `Conjur's certificate is signed by nobody who is trusted here (${reason}). Give the certificate of the authority that signed it in ${nameOf('tls.ca')}; where an intermediate signed it that the server does not send, that one.`,
  ],
];

const UNKNOWN_TLS: [RegExp, Advice] = [
  /(?:)/,
  (reason, nameOf) =>
    `The TLS connection to Conjur was refused (${reason}). Check the certificate authority in ${nameOf('tls.ca')}, and that ${nameOf('baseUrl')} names the host in Conjur's certificate.`,
];
