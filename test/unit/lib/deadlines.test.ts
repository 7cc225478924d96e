import { describe, expect, it } from 'vitest';
import { withinDeadline } from '../../../lib/auth/aws-calls.ts';
import { createConjurClient } from '../../../lib/client.ts';
import { Deadline, systemClock } from '../../../lib/clock.ts';
import { FakeClock } from './fake-clock.ts';
import { LEADER, mockConjur } from './mock-conjur.ts';

const DAY_MS = 86_400_000;
const turn = (): Promise<string> => new Promise((resolve) => setImmediate(resolve, 'done'));

describe.each([
  ['30 days', 30 * DAY_MS],
  ['no end', Number.POSITIVE_INFINITY],
  ['a fraction of a millisecond', 2_500.5],
])('a deadline of %s', (_, remainingMs) => {
  it('is a number that timers take, and ends nothing before its time', async () => {
    const deadline = new Deadline(new FakeClock(), remainingMs);
    expect(deadline.timerMs()).toBe(Math.min(Math.ceil(remainingMs), 2 ** 31 - 1));
    expect(deadline.remainingMs()).toBe(remainingMs);
    expect(deadline.withoutSignal().remainingMs()).toBe(remainingMs);
  });

  it('lets work, a call of AWS and a call of Conjur come to their ends', async () => {
    const deadline = new Deadline(systemClock, remainingMs);
    expect(await deadline.race(turn(), 'waiting')).toBe('done');
    expect(
      await withinDeadline(deadline, 'asking AWS', ({ abortSignal }) => turn().then(() => abortSignal.aborted)),
    ).toBe(false);
    const { conjur, clock } = mockConjur(() => ({ status: 200, body: 'value' }));
    const { value } = await conjur.readSecret('a', { deadline: new Deadline(clock, remainingMs) });
    expect(value.expose()).toBe('value');
  });
});

it('a fraction of a millisecond is one for a timer', () => {
  expect(new Deadline(new FakeClock(), 0.5).timerMs()).toBe(1);
});

it('what is no number is no deadline', () => {
  expect(() => new Deadline(new FakeClock(), Number.NaN)).toThrow(TypeError);
});

describe('a login whose credential hangs', () => {
  const hang = () => new Promise<never>(() => undefined);

  it.each([
    ['a JWT that a program is asked for', { type: 'jwt', serviceId: 'ci', jwt: hang } as const],
    ['an id token', { type: 'oidc', serviceId: 'ci', idToken: hang } as const],
    ['a secret in Secrets Manager', { type: 'api-key', apiKeySecretId: 'key' } as const],
  ])('ends by the deadline of the call: %s', async (_, auth) => {
    const secretReader = { readString: hang, readBinary: hang, read: hang } as never;
    const conjur = createConjurClient({ baseUrl: LEADER, auth }, { secretReader });
    await expect(conjur.authenticate({ timeoutMs: 20 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await expect(conjur.readSecret('a', { timeoutMs: 20 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await conjur.close();
  });
});
