import type { ConjurAddress } from '../server/messages.ts';
import { createBareClient } from './create-bare-client.ts';
import { loadFunction, toHttpApiEvent } from './load-function.ts';

// One way to read in a process of its own, as a container is. A second copy of undici beside it, and whatever else another contender
// brings, would make Node's own functions serve both, and so be slower for each of them.

/** Ways to read: by undici with a token in hand, by a direct call of the function, by an HTTP API event. */
export type Way = 'bare' | 'direct' | 'http';

/** What the process is asked, as its one argument, in JSON. */
export interface ReaderOrder {
  readonly way: Way;
  readonly conjur: ConjurAddress;
  readonly name: string;
}

export interface Turn {
  /** Milliseconds of each read. */
  readonly timesMs: readonly number[];
  /** Microseconds of processor time of this process in the whole turn, with all its threads: the garbage collector's are work that somebody made. */
  readonly processorUs: number;
}

export type FromReader = { readonly ready: { readonly value: string } } | { readonly turn: Turn };
/** How often to read. */
export type ToReader = { readonly count: number };

if (import.meta.main) await serve(JSON.parse(process.argv[2] ?? '{}') as ReaderOrder);

async function serve(order: ReaderOrder): Promise<void> {
  const read = await createRead(order);
  const tell = (message: FromReader): void => {
    process.send?.(message);
  };
  process.on('message', async ({ count }: ToReader) => tell({ turn: await takeTurn(read, count) }));
  process.on('disconnect', () => process.exit(0));
  tell({ ready: { value: toValue(await read()) } });
}

async function createRead({ way, conjur, name }: ReaderOrder): Promise<() => Promise<unknown>> {
  if (way === 'bare') {
    const bare = await createBareClient(conjur);
    return () => bare.readSecret(name);
  }
  const read = await loadFunction('read-secret', conjur);
  const event = way === 'http' ? toHttpApiEvent(name) : { name };
  return () => read(event);
}

/** The secret's value, whichever way it came. */
function toValue(answer: unknown): string {
  if (typeof answer === 'string') return answer;
  const { body, value } = answer as { readonly body?: string; readonly value?: string };
  return body === undefined ? String(value) : toValue(JSON.parse(body));
}

async function takeTurn(read: () => Promise<unknown>, count: number): Promise<Turn> {
  const timesMs: number[] = [];
  const before = process.cpuUsage();
  for (let reads = 0; reads < count; reads += 1) {
    const startedMs = performance.now();
    await read();
    timesMs.push(performance.now() - startedMs);
  }
  const { user, system } = process.cpuUsage(before);
  return { timesMs, processorUs: user + system };
}
