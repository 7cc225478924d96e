/**
 * A warm container: loads the built functions that its first message names and then answers one event after the other, as Lambda's
 * runtime does. Started by freeze.test.ts with an IPC channel.
 */
import type { Handler } from '../../functions/runtime/create-function.ts';

interface Invocation {
  readonly id: number;
  readonly to: string;
  readonly event: unknown;
}

const handlers = new Map<string, Handler>();

async function handlerOf(name: string): Promise<Handler> {
  const known = handlers.get(name);
  if (known !== undefined) return known;
  const { handler } = (await import(`../../dist/${name}/handler.mjs`)) as { handler: Handler };
  handlers.set(name, handler);
  return handler;
}

async function answer({ id, to, event }: Invocation): Promise<void> {
  const endsAtMs = Date.now() + 60_000;
  const context = { awsRequestId: String(id), getRemainingTimeInMillis: () => endsAtMs - Date.now() };
  try {
    const handler = await handlerOf(to);
    process.send?.({ id, answer: await handler(event, context as never) });
  } catch (error) {
    process.send?.({ id, thrown: `${(error as Error).name}: ${(error as Error).message}` });
  }
}

process.on('message', (invocation: Invocation) => void answer(invocation));
process.on('unhandledRejection', (reason) =>
  process.send?.({ id: 0, thrown: `unhandled rejection: ${String(reason)}` }),
);
