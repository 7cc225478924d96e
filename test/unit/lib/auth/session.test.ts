import { expect, it } from 'vitest';
import { createSession } from '../../../../lib/auth/session.ts';
import { Deadline } from '../../../../lib/clock.ts';
import type { HttpRequest } from '../../../../lib/http/request.ts';
import { silentLogger } from '../../../../lib/logger.ts';
import { accessTokenText } from '../access-token-text.ts';
import { FakeClock } from '../fake-clock.ts';

const LOGIN: HttpRequest = { method: 'POST', path: '/authenticate', action: 'authenticating', target: 'read' };
const READ: HttpRequest = { method: 'GET', path: '/a', action: 'reading', target: 'read' };

/**
 * A session at servers that refuse the first tokens.
 * @param refusals how many
 * @param asks whether a token is asked for before a request is sent
 */
function start({ refusals = 0, fromLeader = true, asks = true } = {}) {
  const waits: boolean[] = [];
  const clock = new FakeClock();
  const sent: {
    path: string;
    target: string | undefined;
    confirmAtLeader: readonly number[] | undefined;
    token: string;
  }[] = [];
  let logins = 0;
  let refused = 0;
  const session = createSession({
    ...{ clock, logger: silentLogger, random: () => 0, refreshIntervalMs: 300_000, nameOf: String },
    authenticator: { kind: 'api-key', advice: '', prepare: async () => LOGIN },
    async transport({ path, target, confirmAtLeader, freshParts }) {
      const parts = asks ? freshParts?.() : undefined;
      if (parts !== undefined) waits.push(parts instanceof Promise);
      const { authorization = '' } = (await parts)?.headers ?? {};
      sent.push({ path, target, confirmAtLeader, token: authorization });
      if (path === LOGIN.path) {
        logins += 1;
        const body = Buffer.from(accessTokenText(480, 1_770_000_000 + logins));
        return { status: 200, headers: {}, body, fromLeader };
      }
      refused += 1;
      return { status: refused > refusals ? 200 : 401, headers: {}, body: Buffer.of(), fromLeader };
    },
  });
  return { ...session, sent, waits, deadline: new Deadline(clock, 10_000) };
}

it('a request takes the token that is held, and has its 401 confirmed by the leader, beside what it asks for itself', async () => {
  const { send, sent, deadline } = start();
  await send(READ, deadline);
  await send({ ...READ, confirmAtLeader: [404] }, deadline);
  expect(sent.map(({ path }) => path)).toEqual([LOGIN.path, READ.path, READ.path]);
  expect(sent.slice(1).map(({ confirmAtLeader }) => confirmAtLeader)).toEqual([[401], [404, 401]]);
  expect(sent[1]?.token).toMatch(/^Token token="/);
  expect(sent[2]?.token).toBe(sent[1]?.token);
});

it('a 401 drops the token, and what follows the next login is the answer', async () => {
  const { send, sent, tokens, deadline } = start({ refusals: 2 });
  expect((await send(READ, deadline)).status).toBe(401);
  expect(sent.map(({ path }) => path)).toEqual([LOGIN.path, READ.path, LOGIN.path, READ.path]);
  expect(sent[3]?.token).not.toBe(sent[1]?.token);
  expect(tokens.getHeld()?.authorization.expose()).toBe(sent[3]?.token);
});

it('a token at hand is not waited for: on the way of a warm read every promise costs a turn', async () => {
  const { send, deadline, waits } = start();
  await send(READ, deadline);
  await send(READ, deadline);
  expect(waits).toEqual([true, false]);
});

it('a 401 that came without a token being asked for is answered by a repetition too', async () => {
  const { send, sent, deadline } = start({ refusals: 1, asks: false });
  expect((await send(READ, deadline)).status).toBe(200);
  expect(sent.map(({ path }) => path)).toEqual([READ.path, READ.path]);
});

it.each([
  ['of a follower, has the leader asked for the next', false, 'leader'],
  ['of the leader, changes nothing of who is asked', true, 'read'],
])('a 401 to a token %s', async (_, fromLeader, target) => {
  const { send, sent, deadline } = start({ refusals: 1, fromLeader });
  expect((await send(READ, deadline)).status).toBe(200);
  expect(sent.filter(({ path }) => path === LOGIN.path).map((login) => login.target)).toEqual(['read', target]);
});
