import { ConjurError } from '../errors/conjur-error.ts';
import type { TransportFault } from './transport-fault.ts';

/** Says what a caller or an operator can do about an answer that did not come. */
export function toUnavailable(doing: string, fault: TransportFault): ConjurError {
  if (fault.kind === 'too-large') {
    return new ConjurError(
      'upstream_error',
      `Conjur's answer while ${doing} was larger than any answer that it should give.`,
      { cause: fault },
    );
  }
  const code = fault.kind === 'client-certificate' ? 'authentication_failed' : 'upstream_unavailable';
  return new ConjurError(code, `${ADVICE[fault.kind](fault.reason)} This happened while ${doing}.`, { cause: fault });
}

const ADVICE: Record<Exclude<TransportFault['kind'], 'too-large'>, (reason: string) => string> = {
  connect: (reason) =>
    `Conjur could not be reached (${reason}). Check CYBERARK_API_BASE, and that the function's network lets it through to Conjur (with HTTPS_PROXY set, to the proxy).`,
  proxy: (reason) =>
    `The http proxy did not let the connection to Conjur through (${reason}). Check HTTPS_PROXY and HTTP_PROXY, or name Conjur's host in NO_PROXY.`,
  'client-certificate': (reason) =>
    `Conjur's server refused the client certificate, or misses one (${reason}). Check CYBERARK_CLIENT_CERT and CYBERARK_CLIENT_KEY: the certificate's dates, and that the server trusts who signed it.`,
  tls: (reason) =>
    `The TLS connection to Conjur was refused (${reason}). Give the certificate authority that signed Conjur's certificate in CYBERARK_CA_CERT, and check that CYBERARK_API_BASE names the host in that certificate.`,
  timeout: (reason) => `Conjur did not answer within ${reason}. Check Conjur's health, or raise CYBERARK_TIMEOUT_MS.`,
  broken: (reason) =>
    `The connection to Conjur broke (${reason}). Check Conjur's health and what stands between; a server that asks for a client certificate also ends connections like this (CYBERARK_CLIENT_CERT).`,
};
