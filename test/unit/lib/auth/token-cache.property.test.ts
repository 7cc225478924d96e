import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AccessToken } from '../../../../lib/auth/access-token.ts';
import { TokenCache } from '../../../../lib/auth/session.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { ConjurError, isConjurError } from '../../../../lib/errors.ts';
import { silentLogger } from '../../../../lib/logger.ts';
import { FakeClock } from '../fake-clock.ts';
import { PendingAuthentications } from './pending-authentications.ts';

const RUNS = 100;
const CALLS_PER_RUN = 100;

/** What happens, one after the other, in the life of a container. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('call' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 0, max: 90_000 }) }) },
  // A freeze.
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 0, max: 20_000_000 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('answer' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('failure' as const) }) },
  // The server refuses the token before its time: its signing key changed.
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('refusal' as const) }) },
);

const container = fc.record({
  lifeSeconds: fc.constantFrom(60, 480, 18_000),
  refreshIntervalMs: fc.constantFrom(1_000, 300_000, 18_000_000),
  drawn: fc.constantFrom(0, 0.5, 1 - 2 ** -53),
  steps: fc.array(step, { minLength: 150, maxLength: 250 }),
});

it(`sends no expired token in ${RUNS * CALLS_PER_RUN} calls, and authenticates one at a time`, async () => {
  let calls = 0;
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(container, async ({ lifeSeconds, refreshIntervalMs, drawn, steps }) => {
      const clock = new FakeClock();
      const conjur = new PendingAuthentications();
      const issuedAtMs = new Map<AccessToken, number>();
      const cache = new TokenCache({
        // The server's clock stands at the request here, which is the latest that it can be sure of.
        authenticate: (deadline) => {
          const atMs = clock.now();
          return conjur.authenticate(deadline).then((token) => {
            issuedAtMs.set(token, atMs);
            return token;
          });
        },
        clock,
        refreshIntervalMs,
        random: () => drawn,
        logger: silentLogger,
      });
      let failures = 0;
      let last: AccessToken | undefined;
      const faults: string[] = [];
      const answers: Promise<void>[] = [];
      const call = (): void => {
        calls += 1;
        const answer = cache.get(new Deadline(clock, 3_600_000)).then(
          (token) => {
            sent += 1;
            last = token;
            if (clock.now() >= (issuedAtMs.get(token) ?? 0) + lifeSeconds * 1_000)
              faults.push('an expired token was sent');
          },
          (error: unknown) => {
            // Only where an authentication failed, or the time of the call ran out, does it go without a token.
            const excused = isConjurError(error, 'deadline_exceeded') || (isConjurError(error) && failures > 0);
            if (!excused) faults.push(`a call failed: ${error}`);
          },
        );
        answers.push(answer);
      };
      const settle = () => new Promise((resolve) => setImmediate(resolve));
      let made = 0;
      for (const happening of [...steps, ...Array.from({ length: CALLS_PER_RUN }, () => ({ kind: 'call' as const }))]) {
        if (happening.kind === 'call' && made < CALLS_PER_RUN) {
          made += 1;
          call();
          await settle();
        } else if (happening.kind === 'time') clock.move(happening.ms);
        else if (happening.kind === 'answer') await conjur.succeed(lifeSeconds);
        else if (happening.kind === 'failure') {
          failures += conjur.underWay;
          await conjur.fail(new ConjurError('upstream_unavailable', 'away'));
        } else if (happening.kind === 'refusal' && last !== undefined) cache.invalidate(last);
      }
      while (conjur.underWay > 0) await conjur.succeed(lifeSeconds);
      await Promise.all(answers);
      expect(faults).toEqual([]);
      expect(conjur.mostAtOnce).toBeLessThanOrEqual(1);
    }),
    { numRuns: RUNS, seed: 20_260_301 },
  );
  expect(calls).toBeGreaterThanOrEqual(RUNS * CALLS_PER_RUN);
  expect(sent).toBeGreaterThan(calls / 2);
});
