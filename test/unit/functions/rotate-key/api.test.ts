import { describe, expect, it } from 'vitest';
import { parseDirect, parseHttp, rotateKeyFunction, toDirect, toReply } from '../../../../functions/rotate-key/api.ts';
import type { RotateAnswer } from '../../../../functions/rotate-key/rotate.ts';
import { Secret } from '../../../../lib/secret.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const step = { Step: 'createSecret', SecretId: 'arn:aws:secretsmanager:…', ClientRequestToken: TOKEN };

describe('a call of rotate-key', () => {
  it.each([
    [{ name: 'a', strategy: 'random' }],
    [{ name: 'a', strategy: 'random', length: 16, alphabet: '0123456789', prefix: 'p-', return_value: true }],
    [{ name: 'a', strategy: 'supplied', new_value: 'v', encoding: 'utf-8', new_name: 'b' }],
    [{ name: 'a', strategy: 'litellm-virtual-key' }],
    [{ name: 'a', strategy: 'litellm-virtual-key', grace_period: '0s', duration: '30d' }],
    [{ strategy: 'conjur-api-key' }],
    [{ strategy: 'conjur-api-key', secret_id: 'arn' }],
    [{ strategy: 'conjur-api-key', name: 'app/credential' }],
  ])('%j is taken', (call) => {
    expect(parseDirect(call)).toMatchObject({ kind: 'rotation', rotation: { strategy: call.strategy } });
  });

  it.each([
    ['no strategy', { name: 'a' }, 'strategy'],
    ['an unknown strategy', { name: 'a', strategy: 'magic' }, 'random, supplied'],
    ['a misspelt strategy', { name: 'a', strategy: 'randm' }, 'Did you mean "random"? The call must name a strategy'],
    ['a strategy misspelt twice', { name: 'a', strategy: 'randxx' }, 'Did you mean "random"?'],
    ['a strategy that is no text', { name: 'a', strategy: ['random'] }, 'The call must name a strategy'],
    ['no name', { strategy: 'random' }, 'name'],
    ['a name that is no text', { name: 7, strategy: 'random' }, 'Invalid request: name must be string.'],
    ['a bad name', { name: 'a//b', strategy: 'random' }, 'name'],
    ['a misspelt field', { name: 'a', strategy: 'random', lenght: 40 }, 'lenght'],
    ['a short length', { name: 'a', strategy: 'random', length: 15 }, 'length'],
    ['an alphabet that repeats', { name: 'a', strategy: 'random', alphabet: '00123456789' }, 'alphabet'],
    [
      'a small alphabet',
      { name: 'a', strategy: 'random', alphabet: '012' },
      'alphabet must be 10 or more distinct characters',
    ],
    ['an alphabet of nine', { name: 'a', strategy: 'random', alphabet: '012345678' }, 'alphabet'],
    ['no new value', { name: 'a', strategy: 'supplied' }, 'new_value'],
    ['an empty new value', { name: 'a', strategy: 'supplied', new_value: '' }, 'new_value'],
    ['a bad new name', { name: 'a', strategy: 'supplied', new_value: 'v', new_name: '../b' }, 'segment'],
    [
      'a bad grace period',
      { name: 'a', strategy: 'litellm-virtual-key', grace_period: 'soon' },
      'grace_period must be a duration such as 24h',
    ],
    ['an api key to be shown', { strategy: 'conjur-api-key', return_value: true }, 'return_value'],
    ['text', 'random', 'strategy'],
    ['nothing', undefined, 'strategy'],
  ])('with %s is refused, naming the field', (_, call, field) => {
    expect(() => parseDirect(call)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(field) }),
    );
  });

  it('with a strategy that resembles none gets no suggestion', () => {
    expect(() => parseDirect({ name: 'a', strategy: 'magic' })).toThrow(/^The call must name a strategy/);
  });

  it('with fields of fields without end is refused like any other unknown field', () => {
    let deep: unknown = {};
    for (let level = 0; level < 40_000; level += 1) deep = { deep };
    expect(() => parseDirect({ name: 'a', strategy: 'random', deep })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it('never quotes the value that it brought', () => {
    const call = { name: 'a', strategy: 'supplied', new_value: 'sesame', encoding: 'rot13' };
    expect(() => parseDirect(call)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('sesame') }),
    );
  });
});

describe('an event of Secrets Manager', () => {
  it('is told from a call, and keeps its rotation token out of sight', () => {
    const request = parseDirect({ ...step, RotationToken: 'opaque' });
    expect(request).toMatchObject({ kind: 'step', event: { Step: 'createSecret', ClientRequestToken: TOKEN } });
    expect(JSON.stringify(request)).not.toContain('opaque');
  });

  it('may have fields that are not known yet', () => {
    expect(parseDirect({ ...step, Later: 1 })).toMatchObject({ kind: 'step' });
  });

  it.each([
    ['Step', { ...step, Step: 'deleteSecret' }],
    ['ClientRequestToken', { ...step, ClientRequestToken: 'short' }],
    ['SecretId', { ...step, SecretId: '' }],
  ])('with a bad %s is refused', (field, event) => {
    expect(() => parseDirect(event)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(field) }),
    );
  });
});

describe('a question for the age of a key', () => {
  it('is told from a call', () => {
    expect(parseDirect({ key_age: { secret_id: 'arn' } })).toEqual({ kind: 'key-age', secretId: 'arn' });
    expect(parseDirect({ key_age: {} })).toEqual({ kind: 'key-age', secretId: undefined });
  });
});

describe('an answer', () => {
  const rotated: RotateAnswer = {
    kind: 'rotation',
    name: 'a',
    strategy: 'random',
    version: 2,
    rotatedAt: '2026-03-01T12:00:00.000Z',
    value: Secret.of('sesame'),
    eventFailure: undefined,
  };
  const silent = parseDirect({ name: 'a', strategy: 'random' });
  const asking = parseDirect({ name: 'a', strategy: 'random', return_value: true });
  const body = { name: 'a', strategy: 'random', version: 2, rotated_at: '2026-03-01T12:00:00.000Z' };

  it('shows the value only to who asks for it', () => {
    expect(toDirect(silent, rotated)).toStrictEqual(body);
    expect(toDirect(asking, rotated)).toEqual({ ...body, value: 'sesame', encoding: 'utf-8' });
    expect(toDirect(asking, { ...rotated, value: undefined })).toEqual(body);
    expect(toDirect(parseDirect(step), rotated)).toEqual(body);
  });

  it('does not guess at a version, and says more where there is more to say', () => {
    const details = { accepted_by_litellm: false } as const;
    const answer = { ...rotated, version: undefined, details, eventFailure: 'The bus is away.' };
    expect(toDirect(silent, answer)).toEqual({
      ...body,
      version: null,
      accepted_by_litellm: false,
      event_not_published_because: 'The bus is away.',
    });
  });

  it('that is larger than Lambda takes says that the rotation is done', () => {
    const large = { ...rotated, value: Secret.of('a'.repeat(6_500_000)) };
    expect(() => toDirect(asking, large)).toThrow(
      expect.objectContaining({
        code: 'payload_too_large',
        message: expect.stringContaining('The rotation is done'),
      }),
    );
    expect(toDirect(silent, large)).toEqual(body);
  });

  it('of a step tells its outcome, and of an age its seconds, or null', () => {
    const done = { kind: 'step', name: 'a', step: 'setSecret', outcome: 'done' } as const;
    expect(toDirect(silent, done)).toEqual({ name: 'a', step: 'setSecret', outcome: 'done' });
    const age = { kind: 'key-age', name: 'a', ageSeconds: 60 } as const;
    expect(toDirect(silent, age)).toEqual({ name: 'a', age_seconds: 60 });
    expect(toDirect(silent, { ...age, ageSeconds: undefined })).toEqual({ name: 'a', age_seconds: null });
  });

  it('over HTTP is JSON with 200', () => {
    const { statusCode, body: text } = toReply(silent, rotated);
    expect([statusCode, JSON.parse(String(text))]).toEqual([200, body]);
  });
});

describe('the log', () => {
  const describeCall = (request: ReturnType<typeof parseDirect>) =>
    rotateKeyFunction.describe(request, { settings: { credentialSecretId: 'own' } } as never);

  it('names what is rotated, and how', () => {
    expect(describeCall(parseDirect(step))).toEqual({ call: 'createSecret', secretId: step.SecretId });
    expect(describeCall(parseDirect({ key_age: { secret_id: 'arn' } }))).toEqual({ call: 'key-age', secretId: 'arn' });
    expect(describeCall(parseDirect({ name: 'a', strategy: 'random' }))).toEqual({
      call: 'rotate',
      strategy: 'random',
      name: 'a',
      secretId: undefined,
    });
    expect(describeCall(parseDirect({ strategy: 'conjur-api-key' }))).toMatchObject({
      call: 'rotate',
      secretId: 'own',
    });
    expect(rotateKeyFunction.name).toBe('rotate-key');
  });
});

describe('over HTTP', () => {
  const call = (method: string, path: string, body?: unknown) => ({
    method,
    path,
    query: new URLSearchParams(),
    header: () => undefined,
    body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
  });

  it('POST /rotations is a rotation', () => {
    expect(parseHttp(call('POST', '/rotations', { name: 'a', strategy: 'random' }))).toMatchObject({
      kind: 'rotation',
      overHttp: true,
    });
    expect(parseDirect({ name: 'a', strategy: 'random' })).toMatchObject({ overHttp: false });
  });

  it('takes no parameters in the query', () => {
    const http = {
      ...call('POST', '/rotations', { name: 'a', strategy: 'random' }),
      query: new URLSearchParams('x=1'),
    };
    expect(() => parseHttp(http)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('nobody can pass for Secrets Manager', () => {
    expect(() => parseHttp(call('POST', '/rotations', step))).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it.each([
    ['GET', '/rotations'],
    ['POST', '/secrets'],
  ])('%s %s is not served', (method, path) => {
    expect(() => parseHttp(call(method, path, { name: 'a', strategy: 'random' }))).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        message: expect.stringContaining('It serves POST /rotations'),
      }),
    );
  });
});
