import type { Logger } from './logger.ts';

/** What a client tells to those who watch it. */
type Observer<Args extends readonly unknown[], Result> = (...args: Args) => Result;

/** Node prints warnings of a name of one's own like any other: https://nodejs.org/api/process.html#event-warning */
const WARNING = 'ConjurClientWarning';

/**
 * Keeps what an observer throws, or rejects with, from the one who tells it: a call that Conjur has answered must not fail for its log
 * line, and what goes on in the background has nobody to fail. Its first failure is told by a warning of the process.
 * @param name what its owner calls it
 * @returns undefined where it failed, or is an async one
 */
export function shielded<Args extends readonly unknown[], Result>(
  name: string,
  observer: Observer<Args, Result>,
): Observer<Args, Result | undefined> {
  let isTold = false;
  const tell = (error: unknown): void => {
    if (isTold) return;
    isTold = true;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
    process.emitWarning(`${name} of a Conjur client failed (${reason}). The client goes on without it.`, WARNING);
  };
  return (...args) => {
    try {
      const result = observer(...args);
      if (!(result instanceof Promise)) return result;
      // A function of which nobody awaits the result may be an async one all the same.
      result.catch(tell);
      return undefined;
    } catch (error) {
      tell(error);
      return undefined;
    }
  };
}

/** The same for all of a logger; its methods keep their `this`. */
export function shieldedLogger(logger: Logger): Logger {
  const shield = (level: keyof Logger) =>
    shielded<Parameters<Logger['warn']>, void>(`logger.${level}`, (...line) => logger[level](...line));
  return { debug: shield('debug'), info: shield('info'), warn: shield('warn'), error: shield('error') };
}
