import { expect, it } from 'vitest';
import { createAuthentication } from '../../../../lib/auth/authenticate.ts';
import type { Authenticator } from '../../../../lib/auth/authenticator.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import type { HttpRequest } from '../../../../lib/http/request.ts';
import { accessTokenText } from '../access-token-text.ts';
import { FakeClock } from '../fake-clock.ts';

const request: HttpRequest = { method: 'POST', path: '/authenticate', action: 'authenticating', target: 'read' };
const authenticator: Authenticator = { kind: 'api-key', advice: '', prepare: async () => request };

/** An authentication that asks the leader first, which fails; and whom it asked. */
function startWithout(code: ConjurError['code']) {
  const asked: (string | undefined)[] = [];
  const authentication = createAuthentication(
    authenticator,
    async ({ target }) => {
      asked.push(target);
      if (target === 'leader') throw new ConjurError(code, 'It is not there.');
      return { status: 200, headers: {}, body: Buffer.from(accessTokenText()), fromLeader: false };
    },
    (name) => name,
  );
  authentication.preferLeader();
  const authenticate = () => authentication.authenticate(new Deadline(new FakeClock(), 10_000));
  return { authenticate, asked };
}

it('a follower is asked where the leader is away: its token is good for reads', async () => {
  const { authenticate, asked } = startWithout('upstream_unavailable');
  expect((await authenticate()).fromLeader).toBe(false);
  expect(asked).toEqual(['leader', 'read']);
});

it('a follower is not asked where the time is over', async () => {
  const { authenticate, asked } = startWithout('deadline_exceeded');
  await expect(authenticate()).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect(asked).toEqual(['leader']);
});
