import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createConjurClient } from '../../../lib/client.ts';
import { Deadline } from '../../../lib/clock.ts';
import { accessTokenText } from './access-token-text.ts';
import { FakeClock } from './fake-clock.ts';
import { NOT_FOUND } from './mock-conjur.ts';

// The clock is one of the test's own, and so are the timers: a real one would race it.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Of the event loop, until a request has to be under way. */
const MOST_TURNS = 100_000;

type Pending = Pick<Dispatcher.DispatchOptions, 'path'> & { readonly handler: Dispatcher.DispatchHandler };

/** Holds every request until it is answered by hand. */
function holdRequests() {
  const pending: Pending[] = [];
  const dispatcher = {
    dispatch({ path }: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
      pending.push({ path, handler });
      return true;
    },
  } as unknown as Dispatcher;
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    dispatcher,
    async answer(part: string, status: number, body = ''): Promise<void> {
      const find = () => pending.findIndex(({ path }) => path.includes(part));
      // The first write loads a module before it sends anything, which takes as many turns as the machine is busy.
      for (let turns = 0; turns === 0 || (find() < 0 && turns < MOST_TURNS); turns += 1) await turn();
      const index = find();
      const [request] = pending.splice(index, index < 0 ? 0 : 1);
      if (request === undefined) throw new Error(`no request for ${part} is under way`);
      const controller = {} as Dispatcher.DispatchController;
      request.handler.onResponseStart?.(controller, status, {}, '');
      request.handler.onResponseData?.(controller, Buffer.from(body));
      request.handler.onResponseEnd?.(controller, {});
      await turn();
    },
  };
}

type Step = readonly [path: string, status: number, body: string];
const REFRESH: Step = ['/authenticate', 200, accessTokenText()];
const LOAD: Step = ['/policies/', 201, '{"created_roles":{},"version":1}'];

it.each<[string, [Step, Step]]>([
  ['the refresh ends first', [REFRESH, LOAD]],
  ['the policy load ends first', [LOAD, REFRESH]],
])('a client is settled when nothing goes on beside its calls: %s', async (_, [first, last]) => {
  const { dispatcher, answer } = holdRequests();
  // Nothing here ends by sleeping.
  const clock = Object.assign(new FakeClock(), { sleep: () => new Promise<void>(() => undefined) });
  const client = createConjurClient(
    { baseUrl: 'http://conjur.test', auth: { type: 'api-key', apiKey: 'key' } as const },
    { dispatcher, clock },
  );
  const authenticated = client.authenticate();
  await answer(...REFRESH);
  await authenticated;
  expect(client.idle()).toBeUndefined();

  // The token is due: its refresh goes on after the read that finds it so.
  clock.move(301_000);
  const read = client.readSecret('b');
  await answer('/variable/b', 200, 'value');
  await read;
  // Two writes find no variable, and one of their callers gives up while policy is loaded for both.
  const patient = client.writeSecret('c', 'value', { reportVersion: false });
  const hurried = client.writeSecret('a', 'value', { deadline: new Deadline(clock, 50) });
  const failed = expect(hurried).rejects.toMatchObject({ code: 'deadline_exceeded' });
  await answer('/variable/a', 404, NOT_FOUND);
  await answer('/variable/c', 404, NOT_FOUND);
  await vi.advanceTimersByTimeAsync(50);
  await failed;

  let settled = false;
  const waiting = Promise.resolve(client.idle()).then(() => {
    settled = true;
  });
  await answer(...first);
  expect(settled).toBe(false);
  await answer(...last);
  await waiting;
  expect(client.idle()).toBeUndefined();
  await answer('/variable/c', 201);
  await patient;
});
