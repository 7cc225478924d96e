import { describe, expect, it } from 'vitest';
import { Deadline } from '../../../../lib/clock.ts';
import type { AttemptReport } from '../../../../lib/http/request.ts';
import { accessTokenText } from '../access-token-text.ts';
import { type Answer, mockConjur } from '../mock-conjur.ts';

const OK: Answer = { status: 200, body: 'value' };

/** Answers one after the other; the last one stays. An error stands for a connection that broke. */
function inTurn(...answers: (Answer | Error)[]) {
  let i = 0;
  return () => {
    const answer = answers[Math.min(i, answers.length - 1)] as Answer | Error;
    i += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
}

function broken(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('a request that may be repeated', () => {
  it.each([429, 502, 503, 504])('is repeated after %i, with full jitter under a doubling bound', async (status) => {
    const { conjur, clock, seen } = mockConjur(inTurn({ status }, { status }, { status }, OK));
    await conjur.authenticate();
    expect((await conjur.readSecret('a')).value.expose()).toBe('value');
    expect(seen).toHaveLength(4);
    // random() is 0.5 here: half of 100, 200 and 400 ms.
    expect(clock.sleeps).toEqual([50, 100, 200]);
  });

  it('waits as long as Retry-After says, and the jitter on top', async () => {
    const { conjur, clock } = mockConjur(inTurn({ status: 503, headers: { 'retry-after': '3' } }, OK));
    await conjur.readSecret('a');
    expect(clock.sleeps[0]).toBeGreaterThanOrEqual(3_000);
    expect(clock.sleeps[0]).toBeLessThanOrEqual(4_000);
  });

  it('is repeated at once, over a new connection, where a kept-alive one broke; only then with a pause', async () => {
    const { conjur, clock, seen } = mockConjur(inTurn(broken('ECONNRESET'), OK));
    await conjur.readSecret('a');
    expect([seen.length, clock.sleeps]).toEqual([2, []]);

    const again = mockConjur(inTurn(broken('UND_ERR_SOCKET'), broken('UND_ERR_SOCKET'), OK));
    await again.conjur.readSecret('a');
    expect([again.seen.length, again.clock.sleeps]).toEqual([3, [50]]);
  });

  it('waits where the server cannot be reached: a new connection does not help', async () => {
    const { conjur, clock } = mockConjur(inTurn(broken('ECONNREFUSED'), OK));
    await conjur.readSecret('a');
    expect(clock.sleeps).toEqual([50]);
  });

  it('fails after the last attempt with what to check', async () => {
    const { conjur, seen } = mockConjur(inTurn(broken('ECONNREFUSED')), { CYBERARK_MAX_ATTEMPTS: '3' });
    await expect(conjur.readSecret('a')).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(seen).toHaveLength(3);
  });

  it('does not wait where the deadline comes before the end of the wait', async () => {
    const answer = { status: 503, headers: { 'retry-after': '20' } };
    const { conjur, clock, seen } = mockConjur(inTurn(answer));
    const deadline = new Deadline(clock, 10_000);
    await expect(conjur.readSecret('a', { deadline })).rejects.toMatchObject({
      code: 'upstream_unavailable',
      retryAfterSeconds: 20,
    });
    expect([seen.length, clock.sleeps]).toEqual([1, []]);
  });

  it('is reported attempt by attempt, without anything secret', async () => {
    const attempts: AttemptReport[] = [];
    const { conjur } = mockConjur(inTurn(broken('ECONNRESET'), OK), {}, { onAttempt: (it) => attempts.push(it) });
    await conjur.authenticate();
    attempts.length = 0;
    await conjur.readSecret('a');
    expect(attempts).toEqual([
      expect.objectContaining({ method: 'GET', attempt: 1, server: 'http://conjur.test', fault: 'broken: ECONNRESET' }),
      expect.objectContaining({ method: 'GET', attempt: 2, action: 'reading the secret "a"', status: 200 }),
    ]);
  });
});

describe('a request that is final', () => {
  it.each([
    [400, 'upstream_error'],
    [403, 'forbidden'],
    [404, 'secret_not_found'],
    [500, 'upstream_error'],
    [301, 'upstream_error'],
  ])('is not repeated after %i, which is %s', async (status, code) => {
    const { conjur, seen } = mockConjur(inTurn({ status, headers: { location: 'https://elsewhere' } }));
    await expect(conjur.readSecret('a')).rejects.toMatchObject({ code });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'CYBERARK_CA_CERT'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'CYBERARK_CA_CERT'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'CYBERARK_API_BASE'],
    ['INVALID_PURPOSE', 'CYBERARK_CA_CERT'],
    ['UNSPECIFIED', 'CYBERARK_CA_CERT'],
  ])('is not repeated after %s, whose message names %s', async (reason, variable) => {
    const { conjur, seen } = mockConjur(inTurn(broken(reason)));
    const error = await conjur.readSecret('a').catch((caught: unknown) => caught as Error);
    expect((error as Error).message).toMatch(new RegExp(`${reason}.*${variable}`));
    expect(seen).toHaveLength(1);
  });

  it('names the port, and no certificate authority, where the server does not speak TLS', async () => {
    const { conjur, seen } = mockConjur(inTurn(broken('ERR_SSL_WRONG_VERSION_NUMBER')));
    const error = (await conjur.readSecret('a').catch((caught: unknown) => caught)) as Error;
    expect(error.message).toMatch(/does not speak TLS on that port .*http:\/\//);
    expect(error.message).not.toContain('CYBERARK_CA_CERT');
    expect(seen).toHaveLength(1);
  });

  it.each(['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'])(
    'is a failed authentication after %s',
    async (reason) => {
      const { conjur } = mockConjur(inTurn(broken(reason)));
      await expect(conjur.readSecret('a')).rejects.toMatchObject({ code: 'authentication_failed' });
    },
  );
});

describe('a policy load', () => {
  const DONE: Answer = { status: 201, body: '{"created_roles":{},"version":3}' };

  it('is repeated after 409, as Retry-After says', async () => {
    const { conjur, seen, clock } = mockConjur(inTurn({ status: 409, headers: { 'retry-after': '2' } }, DONE));
    expect(await conjur.loadPolicy('root', '[]')).toMatchObject({ version: 3 });
    expect(seen).toHaveLength(2);
    expect(clock.sleeps[0]).toBeGreaterThanOrEqual(2_000);
  });

  it('that finds the lock held all the time says when to try again', async () => {
    const { conjur } = mockConjur(inTurn({ status: 409, headers: { 'retry-after': '7' } }));
    const error = await conjur.loadPolicy('root', '[]').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'policy_conflict', retryAfterSeconds: 7 });
  });
});

describe('a 401', () => {
  it('costs one new authentication and one repetition', async () => {
    const { conjur, seen, authentications } = mockConjur(inTurn({ status: 401 }, OK));
    expect((await conjur.readSecret('a')).value.expose()).toBe('value');
    expect([seen.length, authentications.length]).toEqual([2, 2]);
  });

  it('that comes again is a failed authentication', async () => {
    const { conjur, seen, authentications } = mockConjur(inTurn({ status: 401 }));
    await expect(conjur.readSecret('a')).rejects.toMatchObject({ code: 'authentication_failed' });
    expect([seen.length, authentications.length]).toEqual([2, 2]);
  });

  it('to many at once costs one new authentication', async () => {
    let refused = 0;
    const { conjur, authentications } = mockConjur(() => (refused++ < 20 ? { status: 401 } : OK));
    await Promise.all(Array.from({ length: 20 }, (_, i) => conjur.readSecret(`a/${i}`)));
    expect(authentications).toHaveLength(2);
  });
});

describe('a token that expires between two attempts', () => {
  it('is replaced before the second one leaves', async () => {
    let issued = 0;
    const issue = () => ({ status: 200, body: accessTokenText(60, 1_770_000_000 + ++issued) });
    const answers = inTurn({ status: 503, headers: { 'retry-after': '61' } }, OK);
    const { conjur, clock, seen } = mockConjur(answers, {}, {}, issue);
    await conjur.readSecret('a', { deadline: new Deadline(clock, 120_000) });
    expect(seen).toHaveLength(2);
    expect(seen[1]?.headers.authorization).not.toBe(seen[0]?.headers.authorization);
  });
});
