import type { LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createSecretsClient } from '../../../../functions/client/index.ts';
import { toRotationPayload, toWritePayload } from '../../../../functions/client/secrets-client.ts';
import { Secret } from '../../../../lib/secret.ts';

interface Invoked {
  readonly FunctionName: string;
  readonly InvocationType: string;
  readonly payload: unknown;
  readonly ClientContext: string | undefined;
}

/** A client, and what it invokes. Each answer is the same. */
function start(answer: unknown) {
  const invoked: Invoked[] = [];
  const send = async ({ input }: { input: Record<string, unknown> }) => {
    const { Payload, ...more } = input;
    invoked.push({ ...more, payload: JSON.parse(String(Payload)) } as unknown as Invoked);
    return { Payload: Buffer.from(JSON.stringify(answer)) };
  };
  const functionNames = { readSecret: 'reader', writeSecret: 'writer', rotateKey: 'rotator' };
  return {
    secrets: createSecretsClient({ lambda: { send } as unknown as LambdaClient, functionNames }),
    payloads: () => invoked.map(({ FunctionName, payload }) => [FunctionName, payload]),
    invoked,
  };
}

describe('what a call sends to its function', () => {
  it('is a direct invocation that is waited for, with the correlation id in the client context', async () => {
    const { secrets, invoked } = start({ name: 'a', value: 'v', encoding: 'utf-8' });
    await secrets.readSecret('a', { version: 2, fresh: true, correlationId: 'order-17' });
    await secrets.readSecret('b');
    const custom = { custom: { 'x-correlation-id': 'order-17' } };
    expect(invoked).toEqual([
      {
        FunctionName: 'reader',
        InvocationType: 'RequestResponse',
        payload: { name: 'a', version: 2, fresh: true },
        ClientContext: Buffer.from(JSON.stringify(custom)).toString('base64'),
      },
      { FunctionName: 'reader', InvocationType: 'RequestResponse', payload: { name: 'b' } },
    ]);
  });

  it('is many names, or none but the health', async () => {
    const batch = start({ secrets: [], errors: [] });
    await batch.secrets.readSecrets(['a'], { fresh: true });
    await batch.secrets.writeSecrets([{ name: 'a', value: 'v' }], { reportVersion: false });
    expect(batch.payloads()).toEqual([
      ['reader', { names: ['a'], fresh: true }],
      ['writer', { secrets: [{ name: 'a', value: 'v', encoding: 'utf-8' }], version: false }],
    ]);
    const health = start({ ok: true, account: 'a', login: 'l', token_age_seconds: 1 });
    await health.secrets.health();
    expect(health.payloads()).toEqual([['reader', { health: true }]]);
  });

  it('is a write, a virtual key, or a deletion', async () => {
    const written = start({ name: 'a', created: true, changed: true, version: 1 });
    await written.secrets.writeSecret('a', 'v', { reportVersion: false });
    await written.secrets.storeVirtualKey({ key: Secret.of('sk-1'), keyAlias: 'team', tokenId: 't' });
    await written.secrets.storeVirtualKey({ key: 'sk-2', tokenId: 't' }, { reportVersion: false });
    expect(written.payloads()).toEqual([
      ['writer', { name: 'a', value: 'v', encoding: 'utf-8', version: false }],
      ['writer', { virtual_key: { key: 'sk-1', key_alias: 'team', token_id: 't' } }],
      ['writer', { virtual_key: { key: 'sk-2', token_id: 't' }, version: false }],
    ]);
    const deleted = start({ name: 'a', deleted: true });
    await deleted.secrets.deleteSecret('a');
    expect(deleted.payloads()).toEqual([['writer', { delete: 'a' }]]);
  });

  it('is a page of a listing, from where the caller says', async () => {
    const { secrets, payloads } = start({ secrets: [], cursor: null });
    await secrets.listVariables({ search: 's', limit: 5, cursor: 'c' });
    expect(payloads()).toEqual([['reader', { list: { search: 's', limit: 5, cursor: 'c' } }]]);
  });
});

describe('a value in a call', () => {
  it.each([
    ['text', 'v', 'v', 'utf-8'],
    ['a secret', Secret.of('v'), 'v', 'utf-8'],
    ['bytes that are UTF-8', Buffer.from('é'), 'é', 'utf-8'],
    ['bytes that are none', Buffer.from([0xff]), '/w==', 'base64'],
  ])('of %s says how it is written', (_, value, text, encoding) => {
    const annotations = { owner: 'me' };
    expect(toWritePayload({ name: 'a', value, mimeType: 'text/plain', annotations })).toEqual({
      name: 'a',
      value: text,
      encoding,
      mime_type: 'text/plain',
      annotations,
    });
    expect(toRotationPayload({ strategy: 'supplied', name: 'a', newValue: value })).toMatchObject({
      new_value: text,
      encoding,
    });
  });
});

it('each strategy sends its own fields', () => {
  const common = { name: 'a', returnValue: true };
  expect(
    toRotationPayload({ strategy: 'random', ...common, length: 20, alphabet: 'x', prefix: 'p', ifVersion: 2 }),
  ).toEqual({
    strategy: 'random',
    name: 'a',
    length: 20,
    alphabet: 'x',
    prefix: 'p',
    return_value: true,
    if_version: 2,
  });
  expect(toRotationPayload({ strategy: 'supplied', ...common, newValue: 'v', newName: 'b', ifVersion: 2 })).toEqual({
    strategy: 'supplied',
    name: 'a',
    new_value: 'v',
    encoding: 'utf-8',
    new_name: 'b',
    return_value: true,
    if_version: 2,
  });
  expect(toRotationPayload({ strategy: 'litellm-virtual-key', ...common, gracePeriod: '1h', duration: '30d' })).toEqual(
    { strategy: 'litellm-virtual-key', name: 'a', grace_period: '1h', duration: '30d', return_value: true },
  );
  expect(toRotationPayload({ strategy: 'conjur-api-key', secretId: 's' })).toEqual({
    strategy: 'conjur-api-key',
    secret_id: 's',
  });
});

describe('a call of the client', () => {
  it('waits a little longer than its function has', async () => {
    const limits = vi.spyOn(AbortSignal, 'timeout');
    onTestFinished(() => limits.mockRestore());
    const { secrets } = start({});
    const calls = [
      () => secrets.readSecret('a'),
      () => secrets.writeSecret('a', 'v'),
      () => secrets.rotateSecret({ strategy: 'random', name: 'a' }),
      () => secrets.readSecret('a', { timeoutMs: 7 }),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'upstream_error' });
    expect(limits.mock.calls).toEqual([[30_000], [30_000], [150_000], [7]]);
  });

  it('fails with what the function says, or what AWS says in its place', async () => {
    const failing = (send: () => Promise<unknown>) =>
      createSecretsClient({ lambda: { send } as unknown as LambdaClient, functionNames: { readSecret: 'reader' } });
    const payload = Buffer.from('{"errorType":"Forbidden","errorMessage":"What to do."}');
    const thrown = failing(async () => ({ Payload: payload, FunctionError: 'Unhandled' }));
    await expect(thrown.readSecret('a')).rejects.toMatchObject({ code: 'forbidden', message: 'What to do.' });
    const refusal = Object.assign(new Error('x'), { name: 'AccessDeniedException' });
    await expect(failing(async () => Promise.reject(refusal)).readSecret('a')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('may not invoke reader'),
    });
    await expect(failing(async () => ({})).readSecret('a')).rejects.toMatchObject({ code: 'upstream_error' });
  });

  it('needs its function to be named', async () => {
    const lambda = {} as LambdaClient;
    expect(() => createSecretsClient({ lambda, functionNames: {} })).toThrow('must name at least one function');
    const secrets = createSecretsClient({ lambda, functionNames: { readSecret: 'reader' } });
    await expect(secrets.deleteSecret('a')).rejects.toThrow('functionNames.writeSecret is missing');
  });
});
