import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSecretsClient, type SecretsClient } from '../../../../functions/client/index.ts';
import { createLocalConjur, type LocalConjur } from '../../../../infra/local/conjur/create-local-conjur.ts';
import { lambdaOfBundles, type SeenInvocation } from '../../../support/lambda-of-bundles.ts';

const functionNames = { readSecret: 'read-secret', writeSecret: 'write-secret', rotateKey: 'rotate-key' };
const BINARY = Uint8Array.from([0xff, 0x00, 0xfe]);

let conjur: LocalConjur;
let secrets: SecretsClient;
let seen: SeenInvocation[];
let lambda: Awaited<ReturnType<typeof lambdaOfBundles>>['lambda'];

beforeAll(async () => {
  conjur = await createLocalConjur();
  const environment = {
    CYBERARK_API_BASE: conjur.url,
    CYBERARK_API_KEY: conjur.adminApiKey,
    CYBERARK_STORE_VIRTUAL_KEYS: 'true',
  };
  ({ lambda, seen } = await lambdaOfBundles(environment, Object.values(functionNames)));
  secrets = createSecretsClient({ lambda, functionNames });
});

afterAll(() => conjur.close());

describe('the client for callers', () => {
  it('writes and reads a secret, whose value does not print', async () => {
    expect(await secrets.writeSecret('a/one', 'canary-value')).toEqual({
      name: 'a/one',
      created: true,
      changed: true,
      version: 1,
    });
    const secret = await secrets.readSecret('a/one');
    expect(JSON.stringify(secret)).not.toContain('canary-value');
    expect(secret.value.expose()).toBe('canary-value');
  });

  it('carries bytes that are no text', async () => {
    await secrets.writeSecret('a/bytes', BINARY);
    expect((await secrets.readSecret('a/bytes')).value.exposeBytes()).toEqual(Buffer.from(BINARY));
  });

  it('reads an older version', async () => {
    await secrets.writeSecret('a/versions', 'first');
    await secrets.writeSecret('a/versions', 'second');
    expect((await secrets.readSecret('a/versions', { version: 1 })).value.expose()).toBe('first');
  });

  it('reads and writes many, and loses none for one that is bad', async () => {
    const written = await secrets.writeSecrets([
      { name: 'b/one', value: '1' },
      { name: '', value: '2' },
    ]);
    expect(written.items).toMatchObject([{ name: 'b/one', created: true }]);
    expect(written.errors).toMatchObject([{ name: '', error: { code: 'invalid_request' } }]);
    const read = await secrets.readSecrets(['b/one', 'b/none']);
    expect(read.items.map(({ value }) => value.expose())).toEqual(['1']);
    expect(read.errors).toMatchObject([
      { name: 'b/none', error: { name: 'SecretNotFound', code: 'secret_not_found' } },
    ]);
  });

  it('lists page by page, and all of it by for await', async () => {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await secrets.listVariables({ limit: 2, search: 'b', cursor });
      names.push(...page.variables.map(({ name }) => name));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(names).toContain('b/one');
    expect(new Set(names).size).toBe(names.length);

    const all: string[] = [];
    for await (const { name } of secrets.listVariables({ limit: 2, search: 'b' })) all.push(name);
    expect(all).toEqual(names);
  });

  it('stores a virtual key, rotates a secret, and asks after the health', async () => {
    expect(await secrets.storeVirtualKey({ key: 'sk-1', keyAlias: 'team', tokenId: 't' })).toMatchObject({
      name: 'litellm/team',
    });
    const rotated = await secrets.rotateSecret({ strategy: 'random', name: 'a/one', length: 20, returnValue: true });
    expect(rotated).toMatchObject({ name: 'a/one', strategy: 'random', version: 2 });
    expect(rotated.value?.expose()).toMatch(/^[A-Za-z0-9]{20}$/);
    const supplied = await secrets.rotateSecret({ strategy: 'supplied', name: 'a/one', newValue: BINARY });
    expect(supplied.value).toBeUndefined();
    expect((await secrets.readSecret('a/one')).value.exposeBytes()).toEqual(Buffer.from(BINARY));
    expect(await secrets.health()).toMatchObject({ account: 'default', login: 'admin' });
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ['secret_not_found', 'SecretNotFound', () => secrets.readSecret('a/none')],
    ['invalid_request', 'InvalidRequest', () => secrets.readSecret('')],
    ['delete_not_supported', 'DeleteNotSupported', () => secrets.deleteSecret('a/one')],
  ])('throws %s, typed', async (code, name, call) => {
    await expect(call()).rejects.toMatchObject({ code, name });
  });

  it("throws the documented code for Lambda's own errors", async () => {
    const lost = createSecretsClient({ lambda, functionNames: { readSecret: 'no-such-function' } });
    await expect(lost.readSecret('a/one')).rejects.toMatchObject({ code: 'config_invalid' });
  });

  it('throws where the answer is that of another function', async () => {
    const confused = createSecretsClient({ lambda, functionNames: { readSecret: 'write-secret' } });
    await expect(confused.health()).rejects.toMatchObject({ code: 'invalid_request' });
    const stub = { send: async () => ({ Payload: Buffer.from('{"name":1}') }) } as unknown as typeof lambda;
    const unknown = createSecretsClient({ lambda: stub, functionNames });
    await expect(unknown.readSecret('a/one')).rejects.toMatchObject({ code: 'upstream_error' });
  });

  it('names a function that it would need', async () => {
    const reader = createSecretsClient({ lambda, functionNames: { readSecret: 'read-secret' } });
    await expect(reader.deleteSecret('a/one')).rejects.toThrow('functionNames.writeSecret is missing');
    expect(() => createSecretsClient({ lambda, functionNames: {} })).toThrow(TypeError);
  });

  it('sends a correlation id along', async () => {
    await secrets.readSecret('a/one', { correlationId: 'order-17' });
    expect(seen.at(-1)).toEqual({
      functionName: 'read-secret',
      clientContext: { custom: { 'x-correlation-id': 'order-17' } },
    });
  });
});
