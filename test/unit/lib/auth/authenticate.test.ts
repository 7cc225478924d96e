import { describe, expect, it } from 'vitest';
import { createAuthentication } from '../../../../lib/auth/authenticate.ts';
import type { Authenticator } from '../../../../lib/auth/authenticator.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { HttpFault } from '../../../../lib/http/fault.ts';
import type { HttpRequest, HttpResponse } from '../../../../lib/http/request.ts';
import { accessTokenText } from '../access-token-text.ts';
import { FakeClock } from '../fake-clock.ts';

const hang = (): Promise<never> => new Promise(() => undefined);

it.each(['prepare', 'readToken'] as const)(
  '%s that hangs ends by the deadline of the login, and nothing is sent',
  async (step) => {
    let sent = 0;
    const send = async () => {
      sent += 1;
      return hang();
    };
    const authenticator = {
      kind: 'jwt',
      advice: '',
      prepare: hang,
      ...(step === 'readToken' ? { readToken: hang } : {}),
    } as const;
    const { authenticate } = createAuthentication(authenticator, send, String);
    await expect(authenticate(new Deadline(new FakeClock(), 5))).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(sent).toBe(0);
  },
);

const REQUEST: HttpRequest = {
  ...{ method: 'POST', path: '/authenticate', action: 'authenticating' },
  ...{ target: 'read', idempotent: true },
};

interface Login {
  readonly kind?: Authenticator['kind'];
  /** How many credentials the authenticator has, one after the other. */
  readonly credentials?: number;
  readonly once?: boolean;
}

/** Logs in at a server that answers like this. @returns what was sent, and how it ended */
async function logIn(answer: () => HttpResponse, { kind = 'api-key', credentials = 1, once }: Login = {}) {
  const sent: HttpRequest[] = [];
  const authenticator: Authenticator = {
    ...{ kind, advice: 'Check the key.' },
    prepare: async (refusals) => (refusals < credentials ? REQUEST : undefined),
  };
  const { authenticate } = createAuthentication(
    authenticator,
    async (request) => {
      sent.push(request);
      return answer();
    },
    (name) => `the option ${name}`,
  );
  const deadline = new Deadline(new FakeClock(), 10_000);
  const end = await authenticate(deadline, once === undefined ? undefined : { once }).catch((error: unknown) => error);
  return { sent, end: end as { code?: string; message?: string; login?: string; cause?: unknown } };
}

const answerOf =
  (status: number, body = '', headers = {}) =>
  (): HttpResponse => ({
    ...{ status, headers, body: Buffer.from(body), fromLeader: true },
  });
const PAGE = '<html><body>CONJ00016E</body></html>';

describe('an answer to a login', () => {
  it.each([
    [
      401,
      'CONJ00016E',
      'authentication_failed',
      /api-key credential \(401\)\. It says that the token has expired \(CONJ00016E\)\. Check the key\.$/,
    ],
    [401, 'CONJ00006E', 'authentication_failed', /\(401\)\. It says CONJ00006E\. Check the key\.$/],
    [401, 'sesame', 'authentication_failed', /\(401\)\. Check the key\.$/],
    [401, PAGE, 'upstream_error', /is a web page/],
    [
      403,
      'CONJ00006E',
      'authentication_failed',
      /does not let it in \(403\) while authenticating\. It says CONJ00006E\. Have .* Check the key\.$/,
    ],
    [403, PAGE, 'upstream_error', /is a web page/],
    [
      400,
      'CONJ00006E',
      'upstream_error',
      /could not read the request \(400\) while authenticating\. It says CONJ00006E\. Check that the authenticator/,
    ],
    [422, '', 'upstream_error', /could not read the request \(422\)/],
    [404, '', 'upstream_error', /a 404 that is not one of Conjur's/],
    [500, '', 'upstream_error', /answered 500/],
    [201, '', 'upstream_error', /is not one of Conjur's/],
    [200, 'sesame', 'upstream_error', /is not JSON/],
  ])('of %i with %j is %s', async (status, body, code, message) => {
    const { end, sent } = await logIn(answerOf(status, body));
    expect(end).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(end.message).not.toContain('sesame');
    expect(sent).toEqual([REQUEST]);
  });

  it('of 401 has the next credential tried, until there is none', async () => {
    const { end, sent } = await logIn(answerOf(401), { credentials: 2 });
    expect(end.message).toMatch(/\(401, with the credential fetched anew too\)/);
    expect(sent).toHaveLength(2);
  });

  it('of 200 is the token', async () => {
    const { end } = await logIn(answerOf(200, accessTokenText()));
    expect(end.login).toBe('admin');
  });
});

it('a login that nobody waits for is tried once', async () => {
  expect((await logIn(answerOf(401), { once: true })).sent).toEqual([{ ...REQUEST, idempotent: false }]);
  expect((await logIn(answerOf(401), { once: false })).sent).toEqual([REQUEST]);
});

describe('a login by certificate', () => {
  const fail = (code: ConjurError['code'], cause: unknown) => () => {
    throw new ConjurError(code, 'It is away.', { cause });
  };
  const broken = new HttpFault('broken', 'ECONNRESET');

  it('is refused where the server ends each connection before an answer', async () => {
    const { end } = await logIn(fail('upstream_unavailable', broken), { kind: 'cert' });
    expect(end).toMatchObject({
      code: 'authentication_failed',
      message: expect.stringMatching(/\(ECONNRESET\).* Check the key\.$/),
      cause: { code: 'upstream_unavailable' },
    });
  });

  it.each([
    ['there is no connection', 'cert', 'upstream_unavailable', new HttpFault('connect', 'ECONNREFUSED')],
    ['nobody says why', 'cert', 'upstream_unavailable', undefined],
    ['another error has that cause', 'cert', 'upstream_error', broken],
    ['it is none', 'api-key', 'upstream_unavailable', broken],
  ] as const)('is not where %s', async (_, kind, code, cause) => {
    expect((await logIn(fail(code, cause), { kind })).end).toMatchObject({ code, message: 'It is away.' });
  });
});
