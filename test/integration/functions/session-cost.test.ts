import { afterEach, beforeEach, expect, it } from 'vitest';
import { read } from '../../../functions/read-secret/read.ts';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { type ConjurClient, createConjurClient } from '../../../lib/client.ts';
import { Deadline } from '../../../lib/clock.ts';
import { settingsFor } from '../../support/settings.ts';

const START_MS = Date.parse('2026-01-01T00:00:00Z');

let nowMs = START_MS;
let conjur: LocalConjur;
let client: ConjurClient;
let requests: { authenticate: number; read: number };

const clock = { now: () => nowMs, sleep: async () => undefined };
/** What each token draws of its interval: 0 is the whole of it, almost 1 is 85 %. */
let drawn = 0;

beforeEach(async () => {
  nowMs = START_MS;
  requests = { authenticate: 0, read: 0 };
  conjur = await createLocalConjur({
    now: () => nowMs,
    onRequest: ({ method, path }) => {
      if (path.endsWith('/authenticate')) requests.authenticate += 1;
      else if (method === 'GET' && path.startsWith('/secrets/')) requests.read += 1;
    },
  });
  const writer = createConjurClient(settingsFor(conjur), { clock });
  await writer.writeSecret('a/b', 'value');
  await writer.close();
  requests = { authenticate: 0, read: 0 };
  drawn = 0;
  client = createConjurClient(settingsFor(conjur), { clock, random: () => drawn });
});

afterEach(async () => {
  await client.close();
  await conjur.close();
});

async function readOnce(): Promise<string> {
  const request = { kind: 'one', name: 'a/b', version: undefined, fresh: false, raw: false } as const;
  const answer = await read({ settings: settingsFor(conjur), conjur: client }, request, new Deadline(clock, 10_000));
  await client.idle();
  return answer.kind === 'one' ? answer.secret.value.expose() : '';
}

it('costs one authentication and a hundred reads to read a hundred times within 300 s', async () => {
  for (let count = 0; count < 100; count += 1) {
    nowMs = START_MS + count * 3_000;
    expect(await readOnce()).toBe('value');
  }
  expect(requests).toEqual({ authenticate: 1, read: 100 });
});

it('costs one authentication for fifty first reads at the same time', async () => {
  const values = await Promise.all(Array.from({ length: 50 }, readOnce));
  expect(new Set(values)).toEqual(new Set(['value']));
  expect(requests).toEqual({ authenticate: 1, read: 50 });
});

it.each([
  { share: 100, draw: 0, dueMs: 300_000 },
  { share: 92.5, draw: 0.5, dueMs: 277_500 },
  { share: 85, draw: 1 - 2 ** -53, dueMs: 255_000 },
])(
  'costs exactly one authentication more where $share % of the interval is drawn, none before',
  async ({ draw, dueMs }) => {
    drawn = draw;
    await readOnce();
    nowMs = START_MS + dueMs - 1;
    await readOnce();
    expect(requests.authenticate).toBe(1);

    nowMs = START_MS + dueMs + 1;
    await Promise.all([readOnce(), readOnce(), readOnce()]);
    expect(requests).toEqual({ authenticate: 2, read: 5 });
  },
);

it('costs exactly one authentication more at 300 s plus a moment, whatever was drawn', async () => {
  drawn = Math.random();
  await readOnce();
  nowMs = START_MS + 300_001;
  await Promise.all([readOnce(), readOnce(), readOnce()]);
  expect(requests).toEqual({ authenticate: 2, read: 4 });
});

it('costs exactly one authentication more at 300 s plus a moment, and none just before, by the whole interval', async () => {
  await readOnce();
  nowMs = START_MS + 299_999;
  await readOnce();
  expect(requests.authenticate).toBe(1);

  nowMs = START_MS + 300_001;
  await Promise.all([readOnce(), readOnce(), readOnce()]);
  expect(requests.authenticate).toBe(2);

  nowMs += 1_000;
  await readOnce();
  expect(requests).toEqual({ authenticate: 2, read: 6 });
});
