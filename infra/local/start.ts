import { fileURLToPath } from 'node:url';
import { buildFunctions } from '../build/build.ts';
import { PortTakenError } from './stack/assert-port-free.ts';
import { formatCommands } from './stack/format-commands.ts';
import { parseStartOptions, START_HELP, StartOptionsError } from './stack/parse-start-options.ts';
import { assertPortsFree, type Stack, startStack } from './stack/start-stack.ts';

const DEFAULT_DATA = fileURLToPath(new URL('../../.local/conjur.sqlite', import.meta.url));

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  await main();
} catch (error) {
  const expected = error instanceof PortTakenError || error instanceof StartOptionsError;
  process.stderr.write(`${expected ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const options = parseStartOptions(process.argv.slice(2), DEFAULT_DATA);
  if (options.help) return say(START_HELP);
  // Before anything that takes time.
  await assertPortsFree(options);
  say('building the functions …');
  await buildFunctions();
  let ready = false;
  // What serverless-offline prints before all is up is about itself; afterwards it is what the functions log.
  const onLine = (line: string): void => {
    if (ready) say(line);
  };
  const stack = await startStack({ ...options, onLine, onProgress: say });
  say(formatCommands(stack));
  ready = true;
  await untilEnded(stack);
}

/** Waits for Ctrl-C, or for the functions to end by themselves, and ends the rest. */
async function untilEnded(stack: Stack): Promise<void> {
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve('interrupted'));
  });
  const reason = await Promise.race([interrupted, stack.ended.then(() => 'ended' as const)]);
  await stack.close();
  if (reason === 'ended') throw new Error('The functions ended by themselves; what they printed last says why.');
  say('ended.');
}
