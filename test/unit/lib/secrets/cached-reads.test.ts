import { describe, expect, it } from 'vitest';
import type { ReadSecretRequest } from '../../../../lib/secrets/read-secret.ts';
import { type Answer, mockConjur } from '../mock-conjur.ts';

const CACHE = { CYBERARK_SECRET_CACHE_TTL: '1', CYBERARK_SECRET_STALE_IF_ERROR: '600' };
/** No batch can ask for a name with a comma in it: each is asked for, and fails, alone. */
const HELD = 'held,1';
const NEVER_READ = 'never,1';

/** A client that has read one of two values, whose time is over; from now on the server answers as told. */
async function withOldValue() {
  let answer: Answer = { status: 200, body: 'old' };
  const { conjur, clock } = mockConjur(() => answer, CACHE);
  await conjur.readSecrets([HELD]);
  clock.move(2_000);
  return async (next: Answer, request: Pick<ReadSecretRequest, 'fresh'> = {}) => {
    answer = next;
    const { items, errors } = await conjur.readSecrets([HELD, NEVER_READ], request);
    return {
      items: items.map(({ name, value, stale }) => [name, value.expose(), stale]),
      errors: errors.map(({ name, error }) => [name, error.code]),
    };
  };
}

it('in a batch, an old value takes the place of a failure of its own name, and of no other', async () => {
  const read = await withOldValue();
  expect(await read({ status: 500 })).toEqual({
    items: [[HELD, 'old', true]],
    errors: [[NEVER_READ, 'upstream_error']],
  });
});

it('in a batch, no old value takes the place of one that is asked for afresh', async () => {
  const read = await withOldValue();
  expect(await read({ status: 500 }, { fresh: true })).toEqual({
    items: [],
    errors: [
      [HELD, 'upstream_error'],
      [NEVER_READ, 'upstream_error'],
    ],
  });
});

it('in a batch, a value that is said to be gone is not given out any more', async () => {
  const read = await withOldValue();
  const gone = [
    [HELD, 'secret_not_found'],
    [NEVER_READ, 'secret_not_found'],
  ];
  expect(await read({ status: 404 })).toEqual({ items: [], errors: gone });
  expect((await read({ status: 500 })).items).toEqual([]);
});

it('an old value that takes the place of a failure is told of', async () => {
  const warnings: unknown[] = [];
  const logger = { ...console, warn: (message: string, fields?: unknown) => warnings.push([message, fields]) };
  let answer: Answer = { status: 200, body: 'old' };
  const { conjur, clock } = mockConjur(() => answer, CACHE, { logger });
  await conjur.readSecret('a');
  clock.move(2_000);
  answer = { status: 500 };
  expect(await conjur.readSecret('a')).toMatchObject({ stale: true });
  expect(warnings).toEqual([
    ['Conjur is unreachable; serving stale cached values.', { code: 'upstream_error', count: 1 }],
  ]);
});

describe('a batch that fails as a whole', () => {
  /** A client that has read the value of `old`, whose time is over, and that of `young`; from now on the server answers as told. */
  async function withValues() {
    let answer: Answer | undefined;
    const warnings: unknown[] = [];
    const logger = { ...console, warn: (_: string, fields?: unknown) => warnings.push(fields) };
    const { conjur, clock } = mockConjur(() => answer ?? { status: 200, body: 'value' }, CACHE, { logger });
    await conjur.readSecret('old');
    clock.move(2_000);
    await conjur.readSecret('young');
    return async (next: Answer, names: readonly string[], request?: Pick<ReadSecretRequest, 'fresh'>) => {
      answer = next;
      const { items, errors } = await conjur.readSecrets(names, request);
      return {
        items: items.map(({ name, stale }) => [name, stale]),
        errors: errors.map(({ name, error }) => [name, error.code]),
        warnings,
      };
    };
  }

  it('by an outage gives the old values, the failure for the other names, and a warning that counts them', async () => {
    const read = await withValues();
    expect(await read({ status: 503 }, ['never', 'old', 'young'])).toEqual({
      items: [
        ['old', true],
        ['young', false],
      ],
      errors: [['never', 'upstream_unavailable']],
      warnings: [{ code: 'upstream_unavailable', count: 1 }],
    });
  });

  it('by an outage loses no value that need not be asked for', async () => {
    const read = await withValues();
    expect(await read({ status: 503 }, ['never', 'young', 'nor this'])).toMatchObject({
      items: [['young', false]],
      errors: [
        ['never', 'upstream_unavailable'],
        ['nor this', 'upstream_unavailable'],
      ],
    });
  });

  it.each<[string, string, Answer, readonly string[], boolean]>([
    ['by an outage, where no value is there', 'upstream_unavailable', { status: 503 }, ['never', 'nor this'], false],
    ['by an outage, where it asked afresh', 'upstream_unavailable', { status: 503 }, ['old', 'young'], true],
    ['by a refused login', 'authentication_failed', { status: 401 }, ['old', 'never'], false],
  ])('%s fails: %s', async (_, code, answer, names, fresh) => {
    const read = await withValues();
    await expect(read(answer, names, { fresh })).rejects.toMatchObject({ code });
  });
});
