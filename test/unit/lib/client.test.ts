import { afterEach, describe, expect, it, vi } from 'vitest';
import { createConjurClient } from '../../../lib/client.ts';
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
