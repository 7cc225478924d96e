import fc from 'fast-check';
import { CALLS, PAYLOADS } from './calls.ts';
import { foreignEvent } from './foreign-events.ts';
import { FRONTS, toHttpEvent } from './http-events.ts';
import { mutate, mutations } from './mutations.ts';

export const FUNCTIONS = ['read-secret', 'write-secret', 'rotate-key'] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

/** One invocation. */
export interface FuzzedEvent {
  readonly to: FunctionName;
  /** Which way it came: a front, `direct`, or `foreign` for what was meant for nobody here. */
  readonly by: string;
  readonly event: unknown;
  /** Which of the fuzzed containers gets it. */
  readonly container: number;
  /** Milliseconds that the invocation has left; undefined for a context without that function. */
  readonly remainingMs: number | undefined;
}

const remainingMs = fc.oneof(
  { weight: 20, arbitrary: fc.constant(10_000) },
  { weight: 1, arbitrary: fc.constantFrom(undefined, 0, 299, 301, -5) },
);

/** @param containers how many containers there are to choose from */
export function fuzzedEvent(containers: number): fc.Arbitrary<FuzzedEvent> {
  return fc.oneof(...FUNCTIONS.map((to) => eventsOf(to, containers)));
}

interface Sent {
  readonly by: string;
  readonly event: unknown;
}

function eventsOf(to: FunctionName, containers: number): fc.Arbitrary<FuzzedEvent> {
  const http = fc
    .tuple(fc.constantFrom(...FRONTS), CALLS[to], fc.boolean())
    .map(([by, call, isBase64]): Sent => ({ by, event: toHttpEvent(by, call, isBase64) }));
  const direct = PAYLOADS[to].map((event): Sent => ({ by: 'direct', event }));
  const foreign = foreignEvent.map((event): Sent => ({ by: 'foreign', event }));
  const valid = fc.oneof({ weight: 6, arbitrary: http }, { weight: 5, arbitrary: direct });
  const sent = fc.oneof(
    {
      weight: 11,
      arbitrary: fc
        .tuple(valid, mutations)
        .map(([{ by, event }, changes]): Sent => ({ by, event: mutate(event, changes) })),
    },
    { weight: 2, arbitrary: foreign },
  );
  return fc
    .tuple(sent, fc.nat(containers - 1), remainingMs)
    .map(([{ by, event }, container, left]) => ({ to, by, event, container, remainingMs: left }));
}
