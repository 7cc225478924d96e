import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createLitellmApi } from '../../../../../../functions/rotate-key/strategies/litellm-virtual-key/litellm-api.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { ConjurError } from '../../../../../../lib/errors.ts';
import { HttpFault } from '../../../../../../lib/http/fault.ts';
import type { HttpRequest } from '../../../../../../lib/http/request.ts';
import { Secret } from '../../../../../../lib/secret.ts';
import { FakeClock } from '../../../../lib/fake-clock.ts';

const deadline = new Deadline(new FakeClock(), 10_000);
const MASTER = 'sk-master-secret';
const oldKey = Secret.of('sk-old-secret');
const newKey = Secret.of('sk-new-secret');
/** `printf sk-old-secret | sha256sum` */
const OLD_TOKEN_ID = '122abf2ef84afca4c7e2344f443fd7a0c7636b8fde78b5bc155b4575f5014aa3';
const LICENCE = 'Regenerating Virtual Keys is an Enterprise feature, set `LITELLM_LICENSE`. Key sk-new-secret';

function apiThatAnswers(status: number, body: unknown = {}) {
  const requests: HttpRequest[] = [];
  const api = createLitellmApi(async (request) => {
    requests.push(request);
    return {
      status,
      headers: {},
      fromLeader: true,
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    };
  }, Secret.of(MASTER));
  return { api, requests };
}

const regeneration = { oldKey, newKey, gracePeriod: '24h', duration: undefined };

describe('regenerating a key', () => {
  it('names the old key by its hash, and is never repeated', async () => {
    const { api, requests } = apiThatAnswers(200, { key: newKey.expose() });
    expect((await api.regenerate(regeneration, deadline))?.equals(newKey)).toBe(true);
    const [request] = requests;
    expect(request).toMatchObject({ method: 'POST', path: '/key/regenerate', freshConnection: true });
    expect(request?.headers).toEqual({
      accept: 'application/json',
      authorization: `Bearer ${MASTER}`,
      'content-type': 'application/json',
    });
    expect(request?.idempotent).toBeUndefined();
    expect(JSON.parse(String(request?.body))).toEqual({
      key: OLD_TOKEN_ID,
      new_key: 'sk-new-secret',
      grace_period: '24h',
    });
  });

  it('gives the key that LiteLLM made where it does not know new_key', async () => {
    const { api } = apiThatAnswers(200, { key: 'sk-made-by-litellm' });
    expect((await api.regenerate(regeneration, deadline))?.expose()).toBe('sk-made-by-litellm');
  });

  it.each([
    ['a web page', 200, '<html>sign in</html>'],
    ['nothing', 200, ''],
    ['JSON of another shape', 200, { key: null }],
    ['null', 200, 'null'],
    ['a key that is none', 200, { key: 'not-sk-' }],
    ['another success', 202, { key: 'sk-new-secret' }],
    ["a load balancer's 404", 404, '<html>404</html>'],
    ["a wrong path's 404", 404, { detail: 'Not Found' }],
    ['a redirect', 302, ''],
    ['the page of a sign-in with 401', 401, '<html>sign in</html>'],
  ])('is no success, and no sign of a faster one, where the answer is %s', async (_, status, body) => {
    const { api } = apiThatAnswers(status, body);
    await expect(api.regenerate(regeneration, deadline)).rejects.toMatchObject({
      code: 'upstream_error',
      message: expect.stringContaining('LITELLM_API_BASE'),
    });
  });

  it('asks LiteLLM for a key of its own where it takes no other', async () => {
    const bodies: unknown[] = [];
    const api = createLitellmApi(async ({ body }) => {
      bodies.push(JSON.parse(String(body)));
      const isOwn = !String(body).includes('new_key');
      const refusal = { error: { message: 'Custom API key values are disabled by your administrator.' } };
      return {
        status: isOwn ? 200 : 403,
        headers: {},
        fromLeader: true,
        body: Buffer.from(JSON.stringify(isOwn ? { key: 'sk-made-by-litellm' } : refusal)),
      };
    }, Secret.of(MASTER));
    expect((await api.regenerate(regeneration, deadline))?.expose()).toBe('sk-made-by-litellm');
    expect(bodies).toEqual([
      { key: OLD_TOKEN_ID, new_key: 'sk-new-secret', grace_period: '24h' },
      { key: OLD_TOKEN_ID, grace_period: '24h' },
    ]);
  });

  it.each([
    [404, 'upstream_error'],
    [500, 'upstream_error'],
  ])('asks for none where %i speaks of custom keys', async (status, code) => {
    const { api, requests } = apiThatAnswers(status, { error: { message: 'Custom API key values are disabled.' } });
    await expect(api.regenerate(regeneration, deadline)).rejects.toMatchObject({ code });
    expect(requests).toHaveLength(1);
  });

  it('tells that LiteLLM does not know the old key', async () => {
    const { api } = apiThatAnswers(404, { error: { message: 'Key sk-old-secret not found' } });
    expect(await api.regenerate(regeneration, deadline)).toBeUndefined();
  });

  it.each([
    [401, 'authentication_failed'],
    [503, 'upstream_unavailable'],
  ])('takes %i for what it is, whatever it says of a licence', async (status, code) => {
    const { api } = apiThatAnswers(status, { error: { message: LICENCE } });
    await expect(api.regenerate(regeneration, deadline)).rejects.toMatchObject({ code });
  });

  it.each([500, 403])('says plainly that the licence is missing (%i)', async (status) => {
    const { api } = apiThatAnswers(status, { error: { message: LICENCE } });
    const error = await api.regenerate(regeneration, deadline).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'upstream_error',
      message: expect.stringMatching(/no Enterprise licence.*was not touched/s),
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/sk-(?:old|new|master)-secret/);
  });
});

describe('what LiteLLM answers', () => {
  it.each([
    [401, 'authentication_failed', 'LITELLM_MASTER_KEY'],
    [403, 'forbidden', 'proxy admin'],
    [500, 'upstream_error', 'log'],
    [502, 'upstream_unavailable', 'health'],
    [429, 'upstream_unavailable', 'health'],
    [503, 'upstream_unavailable', 'health'],
    [504, 'upstream_unavailable', 'health'],
    [499, 'upstream_error', 'is not one of LiteLLM'],
    [501, 'upstream_error', 'log'],
    [418, 'upstream_error', 'is not one of LiteLLM'],
  ])('%i becomes %s', async (status, code, advice) => {
    const { api } = apiThatAnswers(status, { error: { message: 'sk-old-secret' } });
    const calls = [() => api.isCurrent(oldKey, deadline), () => api.regenerate(regeneration, deadline)];
    for (const call of calls) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code, message: expect.stringContaining(advice) });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/sk-(?:old|new|master)-secret/);
    }
  });

  it.each([
    [200, { key: 'x', info: {} }, true],
    [404, { error: { message: 'Key not found in database', type: 'not_found_error', code: '404' } }, false],
  ])('%i %j: whether a key is on record is %s', async (status, body, expected) => {
    const { api, requests } = apiThatAnswers(status, body);
    expect(await api.isCurrent(oldKey, deadline)).toBe(expected);
    expect(requests[0]).toMatchObject({ method: 'GET', path: `/key/info?key=${OLD_TOKEN_ID}`, idempotent: true });
  });

  it.each([
    [200, { key: 'x', info: {} }, true],
    [403, { error: { message: 'not allowed' } }, true],
    [401, { error: { message: 'expired' } }, false],
  ])('%i %j: whether a key is let in is %s', async (status, body, expected) => {
    const { api, requests } = apiThatAnswers(status, body);
    expect(await api.isAccepted(newKey, deadline)).toBe(expected);
    expect(requests[0]?.headers?.authorization).toBe('Bearer sk-new-secret');
  });

  it.each([
    ['a web page', 200, '<html>sign in</html>'],
    ['JSON of another shape', 200, { key: 'x', info: null }],
    ['JSON with a list', 200, { key: 'x', info: [] }],
    ['JSON with a text', 200, { key: 'x', info: 'text' }],
    ['another success', 201, { key: 'x', info: {} }],
    ['a failure without words', 404, { error: null }],
    ['a failure with other words', 404, { error: { message: 1 } }],
    ['a refusal without words', 401, { error: { message: 1 } }],
    ['a failure about something else', 404, { error: { message: 'Team not found' } }],
    ['the words for an unknown key, and another status', 410, { error: { message: 'Key not found' } }],
    ["a load balancer's 404", 404, '<html>404</html>'],
    ["a wrong path's 404", 404, { detail: 'Not Found' }],
    ['a page with 401', 401, '<html>sign in</html>'],
    ['a page with 403', 403, '<html>blocked</html>'],
  ])('says nothing about a key where it is %s', async (_, status, body) => {
    const { api } = apiThatAnswers(status, body);
    const code = 'upstream_error';
    const message = expect.stringContaining('LITELLM_API_BASE');
    await expect(api.isCurrent(oldKey, deadline)).rejects.toMatchObject({ code, message });
    await expect(api.isAccepted(newKey, deadline)).rejects.toMatchObject({ code, message });
  });

  it('that does not come is said to be missing from LiteLLM, not from Conjur', async () => {
    const failure = new HttpFault('connect', 'ECONNREFUSED');
    const api = createLitellmApi(async () => Promise.reject(failure), Secret.of(MASTER));
    await expect(api.isCurrent(oldKey, deadline)).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: expect.stringMatching(/^LiteLLM could not be reached.*LITELLM_API_BASE/s),
    });
  });

  it('through a proxy without its authority is told as such', async () => {
    const failure = new HttpFault('proxy-tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    const api = createLitellmApi(async () => Promise.reject(failure), Secret.of(MASTER));
    await expect(api.isCurrent(oldKey, deadline)).rejects.toThrow('CYBERARK_CA_CERT');
  });

  it('for another reason than a fault of HTTP is passed on', async () => {
    const error = new ConjurError('config_invalid', 'No.');
    const api = createLitellmApi(async () => Promise.reject(error), Secret.of(MASTER));
    await expect(api.isCurrent(oldKey, deadline)).rejects.toBe(error);
  });

  it.each([
    ['tls', 'upstream_unavailable', 'NODE_EXTRA_CA_CERTS'],
    ['proxy', 'upstream_unavailable', 'NO_PROXY'],
    ['broken', 'upstream_unavailable', "LiteLLM's health"],
    ['client-certificate', 'upstream_unavailable', 'client certificate'],
    ['too-large', 'upstream_error', 'not one of LiteLLM'],
    ['coding', 'upstream_error', 'not one of LiteLLM'],
    ['deadline', 'deadline_exceeded', 'ran out'],
  ] as const)("fault %s is told as LiteLLM's own: %s", async (kind, code, words) => {
    const api = createLitellmApi(async () => Promise.reject(new HttpFault(kind, 'reason')), Secret.of(MASTER));
    const message = expect.stringContaining(words);
    await expect(api.isCurrent(oldKey, deadline)).rejects.toMatchObject({ code, message });
    await expect(api.isCurrent(oldKey, deadline)).rejects.not.toThrow(/Conjur|CYBERARK_/);
  });
});
