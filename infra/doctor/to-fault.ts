import type { ConjurError } from '../../lib/errors.ts';
import { HttpFault } from '../../lib/http/fault.ts';
import type { FaultCode } from './check.ts';

/** Which fault it is that no answer came, or none that could be used. */
export function toFault({ code, cause }: ConjurError): FaultCode {
  if (cause instanceof HttpFault && (cause.kind === 'tls' || cause.kind === 'client-certificate'))
    return 'tls_untrusted';
  if (code === 'upstream_unavailable' || code === 'deadline_exceeded') return 'host_unreachable';
  return code === 'authentication_failed' ? 'wrong_key' : 'unexpected_answer';
}
