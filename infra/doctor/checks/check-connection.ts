import { connect } from 'node:net';
import { isConjurError } from '../../../lib/errors/conjur-error.ts';
import { type CheckOutcome, failed, passed } from '../check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import { toCurl } from '../to-curl.ts';

const TIMEOUT_MS = 5_000;

/** Whether the host is there at all: a TCP connection, or through an http proxy any answer. */
export async function checkConnection(context: DoctorContext): Promise<CheckOutcome> {
  const { settings } = context;
  const url = settings.baseUrl;
  const curl = toCurl(settings, STATUS_REQUEST);
  if (settings.proxy !== undefined) return checkThroughProxy(context, curl);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  try {
    await reach(host, port);
    return passed(`${host}, port ${port}, takes connections.`, curl);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    return failed('host_unreachable', `${host}, port ${port}, cannot be reached: ${reason}.`, adviceFor(reason), {
      curl,
      fatal: true,
    });
  }
}

/** Answers without a token, on every Conjur. */
export const STATUS_REQUEST = { method: 'GET', path: '/', doing: 'asking for the status page' } as const;

async function checkThroughProxy(context: DoctorContext, curl: string): Promise<CheckOutcome> {
  try {
    await context.send(STATUS_REQUEST);
    return passed('Conjur answers through the http proxy.', curl);
  } catch (error) {
    if (!isConjurError(error)) throw error;
    return failed('host_unreachable', error.message, 'Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.', {
      curl,
      fatal: true,
    });
  }
}

function reach(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    socket.once('error', reject);
  });
}

function adviceFor(reason: string): string {
  if (reason === 'ENOTFOUND' || reason === 'EAI_AGAIN')
    return 'The name is not known to DNS here. Check CYBERARK_API_BASE; inside a VPC, check its DNS and private zones.';
  if (reason === 'ECONNREFUSED')
    return 'The host is there, but nothing listens on that port. Check the port in CYBERARK_API_BASE, and that Conjur runs.';
  return 'Check CYBERARK_API_BASE, routes, security groups and firewalls between here and Conjur.';
}
