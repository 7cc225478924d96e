import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { type FuzzedEvent, fuzzedEvent } from './arbitraries/fuzzed-event.ts';
import { createFuzzContainers, type FuzzContainers } from './fuzz-containers.ts';
import { judgeAnswer, type Outcome } from './judge-answer.ts';
import { Tally } from './tally.ts';

export interface FuzzOptions {
  readonly events: number;
  /** The same seed makes the same events. */
  readonly seed: number;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzResult {
  /** Codes by function. */
  readonly byFunction: Tally;
  /** Codes by the way in. */
  readonly byWay: Tally;
}

/** How long an invocation may take that has 10 seconds, in milliseconds. */
const LIMIT_MS = 15_000;

/**
 * Sends fuzzed events to the functions and judges each answer.
 * @throws Error with the smallest event that breaks the contract, and the seed that leads to it again
 */
export async function fuzzEvents({ events, seed, onProgress }: FuzzOptions): Promise<FuzzResult> {
  const containers = await createFuzzContainers();
  const result = { byFunction: new Tally(), byWay: new Tally() };
  let done = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fuzzedEvent(containers.count), async (fuzzed) => {
        const code = judgeAnswer(fuzzed.event, await invoke(containers, fuzzed));
        for (const line of containers.lines.splice(0)) JSON.parse(line);
        result.byFunction.add(fuzzed.to, code);
        result.byWay.add(fuzzed.by, code);
        done += 1;
        if (done % 1_000 === 0) onProgress?.(done);
      }),
      { numRuns: events, seed },
    );
  } finally {
    await containers.close();
  }
  return result;
}

/** Sends one event. */
export async function invoke(
  containers: FuzzContainers,
  { to, event, container, remainingMs }: FuzzedEvent,
): Promise<Outcome> {
  const context = (
    remainingMs === undefined ? {} : { awsRequestId: 'r', getRemainingTimeInMillis: () => remainingMs }
  ) as Context;
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<Outcome>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  const answered = containers
    .handler(to, container)(event, context)
    .then(
      (answer) => ({ answer }),
      (thrown: unknown) => ({ thrown }),
    );
  try {
    return await Promise.race([answered, hung]);
  } finally {
    clearTimeout(timer);
  }
}
