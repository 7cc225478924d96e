import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { bareReply, type Reply } from './reply.ts';

/** Makes the server slow or unreliable on purpose, so that clients can rehearse it. */
export interface Faults {
  /** Waits as long as every request is to wait. Rejects with an AbortError when the server closes meanwhile. */
  delay(): Promise<void>;
  /** What goes wrong with this request; undefined when nothing does. */
  pick(method: string): Failure | undefined;
}

/** How a request fails. */
export type Failure = 'unavailable' | 'unavailable-retry-after' | 'bad-gateway' | 'reset' | 'reset-after-effect';

const FAILURES: readonly Failure[] = ['unavailable', 'unavailable-retry-after', 'bad-gateway', 'reset'];
const WRITE_FAILURES: readonly Failure[] = [...FAILURES, 'reset-after-effect'];

/**
 * @param delayMs added to every request.
 * @param failRate share of requests that fail, 0 to 1: in equal parts 503, 503 with `Retry-After: 1`, 502, a connection
 *   that is reset before anything happened and, for all methods but GET, one that is reset after the request was
 *   carried out.
 * @param signal ends all waiting.
 */
export function createFaults(delayMs: number, failRate: number, random: () => number, signal: AbortSignal): Faults {
  return {
    async delay() {
      if (delayMs > 0) await sleep(delayMs, undefined, { signal });
    },
    pick(method) {
      if (failRate === 0 || random() >= failRate) return undefined;
      const failures = method === 'GET' ? FAILURES : WRITE_FAILURES;
      return failures[Math.floor(random() * failures.length)];
    },
  };
}

/** Cuts the connection so that the client sees a reset. */
export function resetConnection(incoming: IncomingMessage): void {
  // A TLS connection cannot be reset, only ended without a goodbye.
  if ('encrypted' in incoming.socket) incoming.socket.destroy();
  else incoming.socket.resetAndDestroy();
}

/** The answer of a failure that has one. */
export function toFailureReply(failure: Failure): Reply {
  if (failure === 'bad-gateway') return bareReply(502);
  const reply = bareReply(503);
  return failure === 'unavailable' ? reply : { ...reply, headers: { ...reply.headers, 'retry-after': '1' } };
}
