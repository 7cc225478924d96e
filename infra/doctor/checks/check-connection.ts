import { isConjurError } from '../../../lib/errors.ts';
import { bareHost, portOf } from '../../../lib/http/no-proxy.ts';
import { type CheckOutcome, failed, passed } from '../check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import { findProxy } from '../find-proxy.ts';
import { openConnection } from '../open-connection.ts';
import { toFault } from '../to-fault.ts';

/** Answers without a token, on every Conjur. */
export const STATUS_REQUEST = { method: 'GET', path: '/', action: 'asking for the status page' } as const;

/** Whether the host is there at all: a TCP connection, also through an http proxy. */
export async function checkConnection(context: DoctorContext): Promise<CheckOutcome> {
  const { baseUrl } = context.settings;
  const curl = context.toCurl(STATUS_REQUEST);
  const proxy = findProxy(context.settings);
  // A proxy passes plain http on by itself, without a connection to be tried.
  if (proxy !== undefined && baseUrl.protocol === 'http:') return checkThroughProxy(context, proxy, curl);
  const where = `${bareHost(baseUrl)}, port ${portOf(baseUrl)}${proxy === undefined ? '' : `, through the http proxy ${proxy.host}`}`;
  try {
    (await openConnection(context.settings)).destroy();
    return passed(`${where}, takes connections.`, curl);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    const advice = proxy === undefined ? adviceFor(reason) : PROXY_ADVICE;
    return failed('host_unreachable', `${where}, cannot be reached: ${reason}.`, advice, { curl, fatal: true });
  }
}

async function checkThroughProxy(context: DoctorContext, proxy: URL, curl: string): Promise<CheckOutcome> {
  try {
    await context.send(STATUS_REQUEST);
    return passed(`Conjur answers through the http proxy ${proxy.host}.`, curl);
  } catch (error) {
    if (!isConjurError(error)) throw error;
    return failed(toFault(error), error.message, PROXY_ADVICE, { curl, fatal: true });
  }
}

const PROXY_ADVICE =
  'Check HTTPS_PROXY and HTTP_PROXY, and that the proxy lets connections to Conjur through; where Conjur is reached directly, name its host in NO_PROXY.';

function adviceFor(reason: string): string {
  if (reason === 'ENOTFOUND' || reason === 'EAI_AGAIN')
    return 'The name is not known to DNS here. Check CYBERARK_API_BASE; inside a VPC, check its DNS and private zones.';
  if (reason === 'ECONNREFUSED')
    return 'The host is there, but nothing listens on that port. Check the port in CYBERARK_API_BASE, and that Conjur runs.';
  return 'Check CYBERARK_API_BASE, routes, security groups and firewalls between here and Conjur.';
}
