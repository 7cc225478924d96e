import type { Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import { createConjurClient } from '../../../../lib/client.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { isConjurError } from '../../../../lib/errors.ts';
import { Secret } from '../../../../lib/secret.ts';
import { serveOnLoopback } from '../../../support/serve-on-loopback.ts';
import { type Answer, mockConjur } from '../mock-conjur.ts';

const NEW_KEY = '2n1g7pq1kqn8e52f2fhyp1hwwe9a2cvnpfx1tfwag3a1k3m1';

describe('rotating one’s own api key', () => {
  it('sends login and key by basic auth and no token, and goes on with the new key', async () => {
    const { conjur, seen, authentications, clock } = mockConjur(() => ({ status: 200, body: NEW_KEY }), {
      CYBERARK_USERNAME: 'host/app/one',
    });
    expect((await conjur.rotateApiKey()).expose()).toBe(NEW_KEY);
    expect(seen).toEqual([expect.objectContaining({ method: 'PUT', path: '/authn/default/api_key' })]);
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('host/app/one:key-of-admin').toString('base64')}`);
    await conjur.authenticate();
    clock.move(1);
    expect(authentications.map(({ body }) => body)).toEqual([NEW_KEY]);
  });

  it('is sent once, whatever the answer, and says that the key may be lost', async () => {
    const { conjur, seen } = mockConjur(() => {
      throw new Error('the connection broke');
    });
    const error = await conjur.rotateApiKey().catch((e: unknown) => e);
    expect(isConjurError(error, 'upstream_unavailable')).toBe(true);
    expect((error as Error).message).toContain('not known whether');
    expect(seen).toHaveLength(1);
  });

  it.each([503, 429, 502])('is not repeated after %i', async (status) => {
    const { conjur, seen } = mockConjur(() => ({ status }));
    await expect(conjur.rotateApiKey()).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(seen).toHaveLength(1);
  });

  it.each<[string, Answer]>([
    ['by a gateway (502)', { status: 502 }],
    ['by a gateway (504)', { status: 504, headers: { 'retry-after': '7' } }],
    ['by another success', { status: 201, body: NEW_KEY }],
    ['by the last of all successes', { status: 299 }],
    ['in an unknown coding', { status: 200, headers: { 'content-encoding': 'zstd' }, body: NEW_KEY }],
    ['of more than any answer has', { status: 200, body: Buffer.alloc(9_000_000) }],
  ])('that is answered %s says that the key may be lost', async (_, answer) => {
    const { conjur } = mockConjur(() => answer);
    for (const rotation of [conjur.rotateApiKey(), conjur.rotateApiKeyOf('host:a')]) {
      const error = await rotation.catch((e: unknown) => e);
      expect(String(error)).toContain('not known whether');
      expect(String(error)).not.toContain('again and again');
      expect((error as { retryAfterSeconds?: number }).retryAfterSeconds).toBe(answer.status === 504 ? 7 : undefined);
    }
  });

  it('whose time runs out says that the key may be lost', async () => {
    const silent = { dispatch: () => true } as unknown as Dispatcher;
    const { conjur, clock } = mockConjur(() => ({ status: 200 }), {}, { dispatcher: silent });
    await expect(conjur.rotateApiKey({ deadline: new Deadline(clock, 20) })).rejects.toMatchObject({
      code: 'deadline_exceeded',
      message: expect.stringContaining('not known whether'),
    });
  });

  it.each([300, 503, 429, 500])('that was refused with %i does not say so', async (status) => {
    const { conjur } = mockConjur(() => ({ status }));
    const error = await conjur.rotateApiKey().catch((e: unknown) => e);
    expect(String(error)).not.toContain('not known whether');
  });

  it('whose connection was refused does not say so: nothing was sent', async () => {
    const { conjur } = mockConjur(() => {
      throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' });
    });
    for (const rotate of [() => conjur.rotateApiKey(), () => conjur.rotateApiKeyOf('host:a')]) {
      const error = await rotate().catch((e: unknown) => e);
      expect(isConjurError(error, 'upstream_unavailable')).toBe(true);
      expect(String(error)).not.toContain('not known whether');
    }
  });

  it.each<[string, () => Answer]>([
    ['has no answer', broken],
    ['is answered 503', () => ({ status: 503 })],
  ])('whose login %s does not say so: nothing was sent', async (_, answer) => {
    const { conjur, seen } = mockConjur(() => ({ status: 200, body: NEW_KEY }), {}, {}, answer);
    for (const change of [() => conjur.rotateApiKeyOf('host:a'), () => conjur.writeSecret('a', 'b')]) {
      const error = await change().catch((e: unknown) => e);
      expect(isConjurError(error, 'upstream_unavailable')).toBe(true);
      expect(String(error)).not.toContain('not known whether');
    }
    expect(seen).toEqual([]);
  });

  it('whose identity nobody gives does not say so either', async () => {
    await using hanging = await serveOnLoopback((_, response) => response.destroy());
    const auth = { type: 'gcp', login: 'host/a', metadataUrl: hanging.url } as const;
    const conjur = createConjurClient({ baseUrl: 'http://conjur.test', auth });
    const error = await conjur.writeSecret('a', 'b').catch((e: unknown) => e);
    expect(String(error)).toContain("Google Cloud's metadata service");
    expect(String(error)).not.toContain('not known whether');
  });

  it('leaves the client’s own key alone where another credential is rotated', async () => {
    const { conjur, authentications } = mockConjur(() => ({ status: 200, body: NEW_KEY }));
    await conjur.rotateApiKey({ credential: { login: 'host/other', apiKey: Secret.of('old') } });
    await conjur.authenticate();
    expect(authentications.map(({ body }) => body)).toEqual(['key-of-admin']);
  });

  it('that is refused says that another may have come first', async () => {
    const { conjur } = mockConjur(() => ({ status: 401 }));
    await expect(conjur.rotateApiKey()).rejects.toMatchObject({
      ...{ code: 'authentication_failed', message: expect.stringContaining('Another rotation may have come first') },
    });
  });

  it('takes no white space for a part of the key', async () => {
    const { conjur } = mockConjur(() => ({ status: 200, body: `\n${NEW_KEY}\r\n` }));
    expect((await conjur.rotateApiKey()).expose()).toBe(NEW_KEY);
  });

  it.each([
    ['a page of a proxy', '<html>ok</html>'],
    ['a text that begins with a key', `${NEW_KEY}</p>`],
    ['a text that ends with a key', `<p>${NEW_KEY}`],
    ['nothing', ''],
  ])('refuses %s as a key, without quoting it', async (_, body) => {
    const { conjur } = mockConjur(() => ({ status: 200, body }));
    await expect(conjur.rotateApiKey()).rejects.toMatchObject({ code: 'upstream_error' });
  });
});

describe('rotating the api key of another role', () => {
  it('names the role in the query and sends the session token', async () => {
    const { conjur, seen } = mockConjur(() => ({ status: 200, body: NEW_KEY }));
    expect((await conjur.rotateApiKeyOf('host:bundle/green')).expose()).toBe(NEW_KEY);
    expect(seen[0]?.path).toBe('/authn/default/api_key?role=host%3Abundle%2Fgreen');
    expect(seen[0]?.headers.authorization).toMatch(/^Token token="/);
  });

  it('is sent once, unless the caller says that a repetition does no harm', async () => {
    const busy = mockConjur(() => ({ status: 503 }));
    await expect(busy.conjur.rotateApiKeyOf('host:a')).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(busy.seen).toHaveLength(1);

    let answers = 0;
    const recovering = mockConjur(() => (++answers < 3 ? { status: 503 } : { status: 200, body: NEW_KEY }));
    expect((await recovering.conjur.rotateApiKeyOf('host:a', { repeat: true })).expose()).toBe(NEW_KEY);
  });

  it.each<[Answer, string, string]>([
    [{ status: 404 }, 'forbidden', 'The role host:a does not exist, has no api key'],
    [{ status: 403 }, 'forbidden', 'The role host:a does not exist, has no api key'],
    [{ status: 401 }, 'authentication_failed', 'With a token a role cannot rotate its own api key'],
    [{ status: 403, body: '<html></html>' }, 'upstream_error', 'is a web page'],
    [{ status: 404, body: 'sesame' }, 'upstream_error', "a 404 that is not one of Conjur's"],
    [{ status: 300 }, 'upstream_error', 'A redirect (300)'],
    [{ status: 500 }, 'upstream_error', 'Conjur answered 500'],
  ])('that is answered with %j fails: %s, %s', async (answer, code, words) => {
    const { conjur } = mockConjur(() => answer);
    const message = expect.stringContaining(words);
    await expect(conjur.rotateApiKeyOf('host:a')).rejects.toMatchObject({ code, message });
  });
});

describe('the last rotation of an api key', () => {
  it('is told with the full id of the role', async () => {
    const body = JSON.stringify({ role: 'default:host:a', timestamp: '2026-02-03T04:05:06Z' });
    const { conjur, seen } = mockConjur(() => ({ status: 200, body }));
    expect(await conjur.lastRotation('host:a')).toEqual({
      role: 'default:host:a',
      rotatedAt: '2026-02-03T04:05:06Z',
    });
    expect(seen[0]).toMatchObject({ method: 'GET', path: '/authn/default/api_key?role=host%3Aa' });
  });

  it('is undefined where Conjur knows of none', async () => {
    const { conjur } = mockConjur(() => ({ status: 200, body: '{"role":"default:host:a","timestamp":""}' }));
    expect((await conjur.lastRotation('host:a')).rotatedAt).toBeUndefined();
  });

  it.each<[Answer, string]>([
    [{ status: 404 }, 'forbidden'],
    [{ status: 403 }, 'forbidden'],
    [{ status: 401 }, 'authentication_failed'],
    [{ status: 201, body: '{"role":"default:host:a"}' }, 'upstream_error'],
    [{ status: 200, body: '{"role":1}' }, 'upstream_error'],
    [{ status: 200, body: '["default:host:a"]' }, 'upstream_error'],
  ])('is not told where Conjur answers %j: %s', async (answer, code) => {
    const { conjur } = mockConjur(() => answer);
    await expect(conjur.lastRotation('host:a')).rejects.toMatchObject({ code });
  });
});

function broken(): never {
  throw new Error('the connection broke');
}
