import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readMessages } from '../read-messages.ts';
import type { ConjurAddress, FromConjur } from './messages.ts';

export interface ConjurProcess extends ConjurAddress {
  /** Requests that arrived since the last call. */
  takeCount(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Megabytes. The server's garbage collector would otherwise stop it at every two hundredth read: what is slowest of a hundred reads, of
 * whatever client, would mostly be that.
 */
const LARGE_YOUNG_GENERATION = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

/**
 * Starts a local Conjur in a process of its own.
 * @param delayMs added to every request
 */
export async function startConjurProcess(delayMs = 0): Promise<ConjurProcess> {
  const file = fileURLToPath(new URL('./conjur-process.ts', import.meta.url));
  const child = fork(file, [String(delayMs)], { stdio: 'inherit', execArgv: LARGE_YOUNG_GENERATION });
  const nextMessage = readMessages<FromConjur>(child, 'The local Conjur');
  const message = await nextMessage();
  if (!('ready' in message)) throw new Error('The local Conjur did not start as it should.');
  return {
    ...message.ready,
    async takeCount() {
      child.send('take-count');
      const answer = await nextMessage();
      if (!('count' in answer)) throw new Error('The local Conjur did not say how many requests it saw.');
      return answer.count;
    },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
