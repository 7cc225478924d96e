import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
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
  const ended = once(child, 'exit');
  const next = async (): Promise<FromReader> => {
    const late = ended.then(([code]) =>
      Promise.reject(new Error(`The reader "${order.way}" ended with code ${code}.`)),
    );
    const [message] = (await Promise.race([once(child, 'message'), late])) as [FromReader];
    return message;
  };
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
      child.disconnect();
      await ended;
    },
  };
}
