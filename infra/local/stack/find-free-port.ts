import { randomInt } from 'node:crypto';
import { refusalOf } from './assert-ports-free.ts';

/** Below those that a system gives to outgoing connections (from 32,768 on Linux): one of them would take the port before its user listens. */
const PORTS = [20_000, 32_000] as const;

/** Why one port cannot be had, where another may. */
const PASSED_OVER: readonly (string | undefined)[] = ['EADDRINUSE', 'EACCES'];

/** A port of the loopback that nobody listens on at this moment. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...PORTS);
    const refusal = await refusalOf(port);
    if (refusal === undefined) return port;
    if (!PASSED_OVER.includes(refusal)) throw new Error(`No port of the loopback can be had (${refusal}).`);
  }
}
