import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromMeasuring, Order } from './measuring-process.ts';
import type { Result } from './report/result.ts';

/** Runs comparisons in a process of their own. Its log lines are written, as in production, and thrown away. */
export async function runMeasuring(order: Order, onBegin: (comparison: string) => void): Promise<Result[]> {
  const child = fork(fileURLToPath(new URL('./measuring-process.ts', import.meta.url)), [JSON.stringify(order)], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const results: Result[] = [];
  child.on('message', (message: FromMeasuring) => {
    if ('result' in message) results.push(message.result);
    else onBegin(message.began);
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The measuring process ended with code ${code}.`);
  return results;
}
