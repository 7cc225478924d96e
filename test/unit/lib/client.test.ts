import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ConjurClient, createConjurClient } from '../../../lib/client.ts';
import type { SecretToWrite } from '../../../lib/secrets/write-secrets.ts';
import { mockConjur } from './mock-conjur.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const RESOURCES = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
  id: `default:variable:${name}`,
  owner: 'default:user:admin',
}));

/** A Conjur with five variables, by its rules for limit and offset. */
function listing() {
  return mockConjur(({ path }) => {
    const query = new URL(path, 'http://conjur').searchParams;
    const offset = Number(query.get('offset'));
    const page = RESOURCES.slice(offset, offset + Number(query.get('limit')));
    return { status: 200, body: JSON.stringify(page) };
  });
}

describe('a client that is built without options', () => {
  it('reads the environment, and tells its logger what an operator should know', () => {
    vi.stubEnv('CYBERARK_API_BASE', 'http://conjur.internal');
    vi.stubEnv('CYBERARK_API_KEY', 'key');
    const warnings: string[] = [];
    const logger = { ...console, warn: (message: string) => void warnings.push(message) };
    createConjurClient(undefined, { logger });
    expect(warnings).toEqual([expect.stringContaining('CYBERARK_API_BASE is plain http')]);
  });

  it('names the variable that is wrong', () => {
    vi.stubEnv('CYBERARK_API_KEY', 'key');
    vi.stubEnv('CYBERARK_MAX_ATTEMPTS', 'many');
    expect(() => createConjurClient()).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining('CYBERARK_MAX_ATTEMPTS') }),
    );
  });
});

describe('a list of variables', () => {
  it('is a page where it is awaited', async () => {
    const { conjur } = listing();
    const { variables, nextOffset } = await conjur.listVariables({ limit: 2, offset: 1 });
    expect([variables.map(({ name }) => name), nextOffset]).toEqual([['b', 'c'], 3]);
  });

  it('is everything from there on by for await, and asks for no page before the loop comes to it', async () => {
    const { conjur, seen } = listing();
    const names: string[] = [];
    const requests: number[] = [];
    for await (const { name } of conjur.listVariables({ limit: 2, offset: 1 })) {
      names.push(name);
      requests.push(seen.length);
    }
    expect(names).toEqual(['b', 'c', 'd', 'e']);
    expect(requests).toEqual([1, 1, 2, 2]);
  });

  it('ends with the loop', async () => {
    const { conjur, seen } = listing();
    for await (const { name } of conjur.listVariables({ limit: 1 })) if (name === 'b') break;
    expect(seen.length).toBe(2);
  });

  it('fails in the loop as it fails where it is awaited', async () => {
    const { conjur } = mockConjur(() => ({ status: 403 }));
    const loop = async () => {
      for await (const variable of conjur.listVariables()) expect(variable).toBeUndefined();
    };
    await expect(loop()).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a call with a signal', () => {
  it('is ended while it waits between attempts, and sends nothing after that', async () => {
    const controller = new AbortController();
    const { conjur, seen } = mockConjur(() => {
      controller.abort();
      return { status: 503 };
    });
    const call = conjur.readSecret('a', { signal: controller.signal });
    await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await conjur.idle();
    expect(seen.length).toBe(1);
  });

  it('does not end the authentication that other calls wait for', async () => {
    const controller = new AbortController();
    const { conjur, authentications } = mockConjur(() => ({ status: 200, body: 'value' }));
    const ended = conjur.readSecret('a', { signal: controller.signal });
    const other = conjur.readSecret('b');
    controller.abort();
    await expect(ended).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect((await other).value.expose()).toBe('value');
    expect(authentications.length).toBe(1);
  });
});

describe('what a program gives wrong is refused, and nothing is sent:', () => {
  const invalid = (message: string) => ({ code: 'invalid_request', message: expect.stringContaining(message) });
  const misuse = (message: string) => ({ name: 'TypeError', message: expect.stringContaining(message) });

  it.each<[string, (conjur: ConjurClient) => Promise<unknown>, object]>([
    [
      'a value that is none among others',
      (c) => c.writeSecrets([one('a'), one('b', 5)]),
      misuse('A secret value must'),
    ],
    ['two values for one name', (c) => c.writeSecrets([one('a'), one('a')]), invalid('"a" stands in the call')],
    ['no list to write', (c) => c.writeSecrets(undefined as never), misuse('list of names and values')],
    ['a name for a list', (c) => c.readSecrets('abc' as never), misuse('list of names')],
    ['no list to read', (c) => c.readSecrets(undefined as never), misuse('list of names')],
    ['no branch', (c) => c.loadPolicy('', ''), invalid('The branch must')],
    ['another mode', (c) => c.loadPolicy('root', '', { mode: 'delete' as never }), misuse('add, update or replace')],
    ['no document', (c) => c.loadPolicy('root', undefined as never, { mode: 'replace' }), misuse('document must')],
    ['no role to rotate', (c) => c.rotateApiKeyOf(''), invalid('role')],
    ['a role without a kind', (c) => c.lastRotation('app/one'), invalid('The role must')],
    ['no role to ask about', (c) => c.lastRotation(undefined as never), invalid('The role must')],
    ['no end', (c) => c.createHostFactoryTokens('f', {} as never), misuse('expiresAt must be a Date')],
    [
      'a date that is none',
      (c) => c.createHostFactoryTokens('f', { expiresAt: new Date('x') }),
      misuse('expiresAt must'),
    ],
    ['a token with its line break', (c) => c.createHost('token\n', 'a'), invalid('a line break of the file')],
    ['a token with a quotation mark', (c) => c.createHost('to"ken', 'a'), invalid('quotation mark')],
  ])('%s', async (_, call, error) => {
    for (const environment of [{}, { CYBERARK_SECRET_CACHE_TTL: '60' }, { CYBERARK_EDITION: 'saas' }]) {
      const { conjur, seen, authentications } = mockConjur(() => ({ status: 500 }), environment);
      await expect(call(conjur)).rejects.toMatchObject(error);
      expect([...seen, ...authentications]).toEqual([]);
    }
  });
});

function one(name: string, value: unknown = 'value'): SecretToWrite {
  return { name, value: value as string };
}
