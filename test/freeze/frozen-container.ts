import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A container in a process of its own, which can be stopped as Lambda stops one. */
export interface FrozenContainer {
  /** Hands over an event. The answer may come after a freeze. @throws Error with what the function threw */
  invoke(to: string, event: unknown): Promise<unknown>;
  /** Stops the process, really, for so long, and then lets it go on. @param meanwhile done while it is stopped */
  freeze(ms: number, meanwhile?: () => unknown): Promise<void>;
  /** Unhandled rejections so far. */
  readonly unhandled: readonly string[];
  close(): void;
}

interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly thrown?: string;
}

export function startContainer(environment: Readonly<Record<string, string>>): FrozenContainer {
  const child = fork(fileURLToPath(new URL('container-process.ts', import.meta.url)), {
    env: { PATH: process.env.PATH, ...environment },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, (reply: Reply) => void>();
  const unhandled: string[] = [];
  let count = 0;
  child.on('message', (reply: Reply) => {
    if (reply.id === 0) unhandled.push(reply.thrown ?? '');
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  return {
    invoke(to, event) {
      count += 1;
      const id = count;
      const replied = new Promise<Reply>((resolve) => waiting.set(id, resolve));
      child.send({ id, to, event });
      return replied.then(({ answer, thrown }) => {
        if (thrown !== undefined) throw new Error(thrown);
        return answer;
      });
    },
    async freeze(ms, meanwhile) {
      child.kill('SIGSTOP');
      await untilStopped(child);
      await meanwhile?.();
      await delay(ms);
      if (stateOf(child) !== 'T') throw new Error('The process did not stay stopped.');
      child.kill('SIGCONT');
    },
    unhandled,
    close: () => void child.kill('SIGKILL'),
  };
}

async function untilStopped(child: ChildProcess): Promise<void> {
  while (stateOf(child) !== 'T') await delay(5);
}

/** `T`: stopped by a signal (proc(5)). */
function stateOf({ pid }: ChildProcess): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .charAt(0);
}
