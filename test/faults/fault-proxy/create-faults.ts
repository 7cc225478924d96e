import type { Fault } from './fault.ts';
import { createAnswerTruncated } from './faults/answer-truncated.ts';
import { createConnectionRefused } from './faults/connection-refused.ts';
import { createHugeAnswer } from './faults/huge-answer.ts';
import { createIdleSocketClosed } from './faults/idle-socket-closed.ts';
import { createIdleSocketDead } from './faults/idle-socket-dead.ts';
import { createResetAfterRequest } from './faults/reset-after-request.ts';
import { createResetBeforeRequest } from './faults/reset-before-request.ts';
import { createResetInRequest } from './faults/reset-in-request.ts';
import { createSlowFirstByte } from './faults/slow-first-byte.ts';
import { createStatusAnswer } from './faults/status-answer.ts';
import { createTlsOfAnotherHost } from './faults/tls-of-another-host.ts';
import { createTokenAbsurdExpiry } from './faults/token-absurd-expiry.ts';
import { createTokenExpired } from './faults/token-expired.ts';
import { createTokenInvalidJson } from './faults/token-invalid-json.ts';
import { createTricklingAnswer } from './faults/trickling-answer.ts';
import { createWrongContentType } from './faults/wrong-content-type.ts';
import type { TlsIdentity } from './listener.ts';

export interface FaultSettings {
  /** A certificate for a name that no client of the test asks for. */
  readonly otherHost: TlsIdentity;
  /** How late a slow answer begins, in milliseconds. */
  readonly delayMs: number;
  /** Milliseconds between the bytes of a trickling answer. Default 1000. */
  readonly intervalMs?: number;
  /** `Retry-After` of the answers that have one, in seconds. Default 1. */
  readonly retryAfter?: number;
  /** How long connections are refused, in milliseconds. Default: until the fault is taken away. */
  readonly refusedForMs?: number;
}

const GATEWAY_STATUSES: readonly number[] = [429, 500, 502, 503];

/** Every fault there is, by name, for tests that go through them all. */
export function createFaults(settings: FaultSettings): ReadonlyMap<string, Fault> {
  const { otherHost, delayMs, intervalMs = 1000, retryAfter = 1, refusedForMs: forMs } = settings;
  const faults: Fault[] = [
    createConnectionRefused(forMs === undefined ? {} : { forMs }),
    createResetBeforeRequest(),
    createResetInRequest(),
    createResetAfterRequest(),
    createAnswerTruncated(),
    createSlowFirstByte({ delayMs }),
    createTricklingAnswer({ intervalMs }),
    createIdleSocketClosed(),
    createIdleSocketDead(),
    ...GATEWAY_STATUSES.flatMap((status) => [
      createStatusAnswer({ status }),
      createStatusAnswer({ status, retryAfter }),
    ]),
    createStatusAnswer({ status: 502, afterEffect: true }),
    createWrongContentType(),
    createHugeAnswer(),
    createTokenInvalidJson(),
    createTokenExpired(),
    createTokenAbsurdExpiry(),
    createTlsOfAnotherHost(otherHost),
  ];
  return new Map(faults.map((fault) => [fault.name, fault]));
}
