import type { Caller } from '../authenticate-caller.ts';
import type { KeyStore } from '../key-store.ts';

/** What the routes share. */
export interface RouteContext {
  readonly store: KeyStore;
  readonly masterKey: string;
  /** Whether regenerating is allowed, or with which status it is refused for want of a licence. */
  readonly licensed: boolean | 403 | 500;
  /** Whether callers may choose keys. */
  readonly customKeys: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** That many random bytes. */
  readonly random: (size: number) => Uint8Array;
}

/** One call of the API: takes body or query, returns what is answered with 200. Throws LitellmError. */
export type Route = (context: RouteContext, input: Readonly<Record<string, unknown>>, caller: Caller) => unknown;
