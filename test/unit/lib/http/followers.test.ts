import { describe, expect, it } from 'vitest';
import { type Answer, FOLLOWERS, LEADER, mockConjur, type SeenRequest } from '../mock-conjur.ts';

const ENVIRONMENT = { CYBERARK_READ_API_BASE: FOLLOWERS.join(',') };
const [FIRST, SECOND] = FOLLOWERS;

/** Servers that answer by what stands for their origin; a code stands for a connection that fails. */
function serving(servers: Record<string, Answer | string>) {
  const reply = ({ origin }: SeenRequest): Answer => {
    const answer = servers[origin] ?? { status: 200, body: `from ${origin}` };
    if (typeof answer === 'string') throw Object.assign(new Error(answer), { code: answer });
    return answer;
  };
  const mock = mockConjur(reply, ENVIRONMENT);
  const origins = () => mock.seen.map(({ origin }) => origin);
  return { ...mock, origins, servers };
}

describe('with followers', () => {
  it('a read goes to the first follower', async () => {
    const { conjur, origins } = serving({});
    expect((await conjur.readSecret('a')).value.expose()).toBe(`from ${FIRST}`);
    expect(origins()).toEqual([FIRST]);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET'])(
    'goes on to the next and then to the leader after %s, without a pause',
    async (code) => {
      const { conjur, clock, origins } = serving({ [FIRST]: code, [SECOND]: { status: 503 } });
      expect((await conjur.readSecret('a')).value.expose()).toBe(`from ${LEADER}`);
      expect([...new Set(origins())]).toEqual([FIRST, SECOND, LEADER]);
      expect(clock.sleeps).toEqual([]);
    },
  );

  it('tries all of them once even where fewer attempts are allowed', async () => {
    const mock = mockConjur(({ origin }) => (origin === LEADER ? { status: 200, body: 'x' } : { status: 503 }), {
      ...ENVIRONMENT,
      CYBERARK_MAX_ATTEMPTS: '1',
    });
    expect((await mock.conjur.readSecret('a')).value.expose()).toBe('x');
  });

  it('asks one that could not be reached last for a while', async () => {
    const { clock, conjur, origins, servers, seen } = serving({ [FIRST]: 'ECONNREFUSED' });
    await conjur.readSecret('a');
    seen.length = 0;
    delete servers[FIRST];
    await conjur.readSecret('a');
    expect(origins()).toEqual([SECOND]);
    clock.move(30_000);
    await conjur.readSecret('a');
    expect(origins()).toEqual([SECOND, FIRST]);
  });

  it('asks one that could not be reached at once where the wall clock went backwards', async () => {
    const { clock, conjur, origins, servers, seen } = serving({ [FIRST]: 'ECONNREFUSED' });
    await conjur.readSecret('a');
    seen.length = 0;
    delete servers[FIRST];
    clock.move(-1);
    await conjur.readSecret('a');
    expect(origins()).toEqual([FIRST]);
  });

  it.each([404, 403])(
    'a %i of a follower is confirmed by the leader, for the follower may lag behind',
    async (status) => {
      const { conjur, origins } = serving({ [FIRST]: { status } });
      expect((await conjur.readSecret('just-written')).value.expose()).toBe(`from ${LEADER}`);
      expect(origins()).toEqual([FIRST, LEADER]);
    },
  );

  it('a 404 of both is one', async () => {
    const { conjur, origins } = serving({ [FIRST]: { status: 404 }, [LEADER]: { status: 404 } });
    await expect(conjur.readSecret('ghost')).rejects.toMatchObject({ code: 'secret_not_found' });
    expect(origins()).toEqual([FIRST, LEADER]);
  });

  it('reads past them where it is asked to', async () => {
    const { conjur, origins } = serving({});
    await conjur.readSecret('a', { fromLeader: true });
    expect(origins()).toEqual([LEADER]);
  });

  it('writes, policy and the rotation of keys go to the leader', async () => {
    const { conjur, origins, servers } = serving({ [LEADER]: { status: 201 } });
    await conjur.writeSecret('a', 'v');
    servers[LEADER] = { status: 201, body: '{"version":1,"created_roles":{}}' };
    await conjur.loadPolicy('root', '[]');
    await conjur.rotateApiKeyOf('host:a').catch(() => undefined);
    expect(new Set(origins())).toEqual(new Set([LEADER]));
  });

  it('authentication goes to the follower, and its refusal is confirmed by the leader', async () => {
    const asked: string[] = [];
    const refuse = ({ origin }: SeenRequest): Answer => {
      asked.push(origin);
      return { status: 401 };
    };
    const { conjur } = mockConjur(() => ({ status: 200 }), ENVIRONMENT, {}, refuse);
    await expect(conjur.authenticate()).rejects.toMatchObject({ code: 'authentication_failed' });
    expect(asked).toEqual([FIRST, LEADER]);
  });
});
