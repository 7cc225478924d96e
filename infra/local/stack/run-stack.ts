import { once } from 'node:events';
import { findMisspeltSettings } from '../../../functions/runtime/settings.ts';
import { buildFunctions } from '../../build/build.ts';
import { assertPortsFree } from './assert-ports-free.ts';
import { watchNpm } from './end-with-npm.ts';
import { findTrouble } from './find-trouble.ts';
import { formatCommands } from './format-commands.ts';
import { FunctionsEndedError } from './start-functions.ts';
import type { StartOptions } from './start-options.ts';
import { type Stack, startStack, wantedPorts } from './start-stack.ts';
import { toComplaint } from './to-complaint.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/**
 * Starts everything, and returns after Ctrl-C has ended it.
 * @returns the exit status
 */
export async function runStack(options: StartOptions): Promise<number> {
  const interruption = new AbortController();
  try {
    await run(options, interruption);
    return 0;
  } catch (error) {
    if (error !== interruption.signal.reason) {
      process.stderr.write(`${toComplaint(error)}\n`);
      return 1;
    }
    say('ended.');
    return 0;
  }
}

async function run(options: StartOptions, interruption: AbortController): Promise<void> {
  const { signal } = interruption;
  watchNpm(() => interruption.abort());
  // Before anything that takes time.
  await assertPortsFree(wantedPorts(options));
  for (const warning of findMisspeltSettings(process.env)) say(warning);
  say('building the functions …');
  await buildFunctions();
  // From here on: what is up when Ctrl-C comes must not be left behind. A second Ctrl-C ends this process at once.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interruption.abort());
  // Whoever reads along has gone, `npm start | head` for one: there is nobody left to start this for.
  process.stdout.on('error', () => interruption.abort());
  let ready = false;
  // What serverless-offline prints before all is up is about itself; afterwards it is what the functions log.
  const onLine = (line: string): void => {
    if (ready) say(line);
  };
  const stack = await startStack({ ...options, onLine, onProgress: say, signal });
  const trouble = await findTrouble(stack.apiUrl, signal);
  say(formatCommands(stack));
  if (trouble !== undefined) say(`NOT READY: ${trouble}\n`);
  ready = true;
  await untilEnded(stack, signal);
}

/** Waits for Ctrl-C, or for the functions to end by themselves, and ends the rest. */
async function untilEnded(stack: Stack, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await Promise.race([stack.ended, once(signal, 'abort')]);
  await stack.close();
  signal.throwIfAborted();
  throw new FunctionsEndedError('The functions ended by themselves; what they printed last says why.');
}
