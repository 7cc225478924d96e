import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readMessages } from '../read-messages.ts';
import type { FromReader, ReaderOrder, ToReader, Turn } from './reader-process.ts';

export interface Reader {
  /** The secret's value, as this reader sees it. */
  readonly value: string;
  /** Reads so many times in a row. */
  take(count: number): Promise<Turn>;
  close(): Promise<void>;
}

/** Starts one way to read in a process of its own. Its log lines are written, as in production, and thrown away. */
export async function startReader(order: ReaderOrder): Promise<Reader> {
  const child = fork(fileURLToPath(new URL('./reader-process.ts', import.meta.url)), [JSON.stringify(order)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const next = readMessages<FromReader>(child, `The reader "${order.way}"`);
  const first = await next();
  if (!('ready' in first)) throw new Error(`The reader "${order.way}" did not start as it should.`);
  return {
    value: first.ready.value,
    async take(count) {
      child.send({ count } satisfies ToReader);
      const answer = await next();
      if (!('turn' in answer)) throw new Error(`The reader "${order.way}" did not say what its turn took.`);
      return answer.turn;
    },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
