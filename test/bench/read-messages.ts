import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * Reads what a child process sends, message by message. Its end is listened for once, however often it is asked.
 * @param name of the process, for the error where it ends before it has answered
 */
export function readMessages<Message>(child: ChildProcess, name: string): () => Promise<Message> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended with code ${code}.`);
  });
  // It ends when it is closed, and then nobody waits for a message.
  ended.catch(() => undefined);
  return async () => {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [Message];
    return message;
  };
}
