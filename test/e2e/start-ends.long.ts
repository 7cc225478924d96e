import { expect, it } from 'vitest';
import { answers, functionsOf, isRunning, ownStack, start, until } from './start-process.ts';

it('leaves nothing behind when Ctrl-C comes while it starts', async () => {
  const run = start(...(await ownStack()).flags);
  await until(run, 'starting the functions');
  const functions = await functionsOf(run.child.pid);
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(0);
  expect(run.output().trim().split('\n').at(-1)).toBe('ended.');
  expect(isRunning(functions)).toBe(false);
});

it('ends when nobody reads what it prints, as in `npm start | head`', async () => {
  const { flags, api } = await ownStack();
  const run = start(...flags);
  await until(run, 'Ctrl-C ends all of it.');
  const functions = await functionsOf(run.child.pid);
  run.child.stdout?.destroy();
  // A call is a line in the log.
  await answers(`http://127.0.0.1:${api}/health`);
  expect(await run.ended).toBe(0);
  expect(isRunning(functions)).toBe(false);
});

it('leaves nothing behind when it is killed outright', async () => {
  const run = start(...(await ownStack()).flags);
  await until(run, 'Ctrl-C ends all of it.');
  const functions = await functionsOf(run.child.pid);
  run.child.kill('SIGKILL');
  await expect.poll(() => isRunning(functions), { timeout: 20_000 }).toBe(false);
});

it('says in one line that the functions are gone, and ends the rest', async () => {
  const run = start(...(await ownStack()).flags);
  await until(run, 'Ctrl-C ends all of it.');
  process.kill(await functionsOf(run.child.pid), 'SIGKILL');
  expect(await run.ended).toBe(1);
  expect(run.output().trim().split('\n').at(-1)).toBe(
    'The functions ended by themselves; what they printed last says why.',
  );
});
