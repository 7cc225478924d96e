import type { Fault } from '../fault.ts';
import type { TlsIdentity } from '../listener.ts';

/** New connections are answered with a certificate of another name, as when an address has changed hands. Idle ones are closed. */
export function createTlsOfAnotherHost(identity: TlsIdentity): Fault {
  return {
    name: 'tls-of-another-host',
    start: (listener) => listener.useTls(identity),
    stop: (listener) => listener.useTls(undefined),
  };
}
