import { describe, expect, it } from 'vitest';
import type { HeldBackReport } from '../../../../lib/http/request.ts';
import { RetryBudget } from '../../../../lib/http/retry-plan.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import { LEADER, mockConjur } from '../mock-conjur.ts';

describe('a budget of retries', () => {
  /** What happens: `+` a request begins, `-` one ends, `r` a retry, `t` a retry after a timeout, `s` a success. */
  const STORIES = [
    { story: '+rrrrrrrrrr', spends: 10, left: false },
    { story: '+ttttt', spends: 5, left: false },
    { story: '+rrrrrrrrr', spends: 9, left: true },
    // Five successes make up for one retry, and more than full it never is.
    { story: '+rrrrrrrrrrssss', spends: 10, left: false },
    { story: '+rrrrrrrrrrsssss', spends: 10, left: true },
    { story: '+ssssssssssrrrrrrrrrrr', spends: 10, left: false },
    // It goes by what is under way.
    { story: '+++rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr', spends: 30, left: false },
    { story: '++++-rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr', spends: 30, left: false },
    // What many have spent does not keep one from his own for long.
    { story: '+++rrrrrrrrrrrrrrrrrrrrrrrrrrrrrr--sssss', spends: 30, left: true },
  ];

  it.each(STORIES)('after $story has something left: $left', ({ story, spends, left }) => {
    const budget = new RetryBudget();
    let spent = 0;
    for (const happening of story) {
      if (happening === '+') budget.enter();
      else if (happening === '-') budget.leave();
      else if (happening === 's') budget.refill();
      else if (budget.spend(happening === 't' ? 10 : 5)) spent += 1;
    }
    expect(spent).toBe(spends);
    expect(budget.spend(5)).toBe(left);
    expect(budget.spend(0)).toBe(true);
  });
});

it('a budget that is overdrawn, since its requests have ended, gives what costs nothing, and that alone', () => {
  const budget = new RetryBudget();
  budget.enter();
  budget.enter();
  for (let left = 20; left > 0; left -= 1) expect(budget.spend(5)).toBe(true);
  budget.leave();
  expect([budget.spend(0), budget.spend(1)]).toEqual([true, false]);
});

/** A client of a server that fails in some of its answers. @param failing whether the next answer is a failure */
function failing(failing: () => boolean) {
  const heldBack: HeldBackReport[] = [];
  const mock = mockConjur(
    () => ({ status: failing() ? 503 : 200, body: 'value' }),
    {},
    { onHeldBack: (report) => heldBack.push(report) },
  );
  return { ...mock, heldBack };
}

describe('a client whose server fails', () => {
  it('gives the first failure as the answer once the budget is spent, and says so', async () => {
    const { conjur, heldBack, seen } = failing(() => true);
    await conjur.authenticate();
    const requests: number[] = [];
    const messages: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      const before = seen.length;
      const error = (await conjur.readSecret('a').catch((caught: unknown) => caught)) as Error & { code: string };
      expect(error.code).toBe('upstream_unavailable');
      messages.push(error.message);
      requests.push(seen.length - before);
    }
    // Four retries each, until ten are spent.
    expect(requests).toEqual([5, 5, 3, 1]);
    expect(messages[0]).toContain('again and again');
    expect(messages[3]).toMatch(/answered 503 .* not tried again: .*retry budget is spent/);
    expect(heldBack.at(-1)).toEqual({
      ...{ method: 'GET', action: 'reading the secret "a"', server: LEADER },
      by: 'retry-budget',
    });
  });

  it.each([
    { share: 0.1, most: 1.15, answered: 0.999 },
    { share: 0.5, most: 1.3, answered: 0.5 },
    // Five failures in a row are no rarity then, and the circuit opens now and then.
    { share: 0.8, most: 1.1, answered: 0.1 },
  ])(
    'asks it at most $most times as often where $share of all answers are failures',
    async ({ share, most, answered }) => {
      const random = seededRandom(3);
      const { conjur, clock, seen } = failing(() => random() < share);
      await conjur.authenticate();
      const reads = 1_000;
      let ok = 0;
      for (let i = 0; i < reads; i += 1) {
        await conjur.readSecret('a').then(
          () => {
            ok += 1;
          },
          () => undefined,
        );
        clock.move(1_000);
      }
      expect(seen.length / reads).toBeLessThanOrEqual(most);
      expect(ok / reads).toBeGreaterThanOrEqual(answered);
    },
  );

  it('spends nothing on a lock that somebody else holds', async () => {
    const { conjur, heldBack, seen } = mockLocked();
    for (let i = 0; i < 5; i += 1)
      await expect(conjur.loadPolicy('root', '[]')).rejects.toMatchObject({ code: 'policy_conflict' });
    expect(seen).toHaveLength(25);
    expect(heldBack).toEqual([]);
  });

  it('spends nothing on a socket that died in the pool', async () => {
    let broken = false;
    const { conjur, seen } = mockConjur(() => {
      broken = !broken;
      if (broken) throw Object.assign(new Error('ECONNRESET'), { code: 'ECONNRESET' });
      return { status: 200, body: 'value' };
    });
    for (let i = 0; i < 50; i += 1) await conjur.readSecret('a');
    expect(seen).toHaveLength(100);
  });
});

function mockLocked() {
  const heldBack: HeldBackReport[] = [];
  return {
    ...mockConjur(() => ({ status: 409 }), {}, { onHeldBack: (report) => heldBack.push(report) }),
    heldBack,
  };
}
