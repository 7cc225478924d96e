import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBundle } from '../../support/load-bundle.ts';
import { startWriting, type Writing } from './start-writing.ts';

let writing: Writing;

beforeAll(async () => {
  writing = await startWriting();
  const admin = await writing.startContainer();
  for (const name of ['hosted', 'unhosted', 'litellm/virtual', 'litellm-2/other']) {
    await admin.handler({ name, value: 'value' });
  }
});
afterAll(() => writing.close());

const CALLS = {
  read: { bundle: 'read-secret', event: (name: string) => ({ name }) },
  'read many': { bundle: 'read-secret', event: (name: string) => ({ names: [name] }) },
  list: { bundle: 'read-secret', event: () => ({ list: {} }) },
  write: { bundle: 'write-secret', event: (name: string) => ({ name, value: 'value' }) },
  'write many': { bundle: 'write-secret', event: (name: string) => ({ secrets: [{ name, value: 'value' }] }) },
  delete: { bundle: 'write-secret', event: (name: string) => ({ delete: name }) },
  rotate: {
    bundle: 'rotate-key',
    event: (name: string) => ({ name, strategy: 'supplied', new_value: 'value' }),
  },
} as const;
type Call = keyof typeof CALLS;

/** The name of the error that a direct call throws, or its answer. */
async function outcomeOf(call: Call, name: string, environment: Record<string, string>): Promise<unknown> {
  const base = { CYBERARK_API_BASE: writing.url, CYBERARK_API_KEY: writing.adminApiKey, CYBERARK_ALLOW_DELETE: 'true' };
  const { handler } = await loadBundle(CALLS[call].bundle, { ...base, ...environment });
  writing.takeRequests();
  return handler(CALLS[call].event(name)).catch((error: Error) => error.name);
}

describe('access_mode', () => {
  it.each([
    ['read_only', ['write', 'write many', 'delete', 'rotate']],
    ['write_only', ['read', 'read many', 'list', 'rotate']],
  ] as const)('%s refuses, before anything is sent: %s', async (mode, calls) => {
    for (const call of calls) {
      expect(await outcomeOf(call, 'hosted', { CYBERARK_ACCESS_MODE: mode })).toBe('AccessModeDenied');
      expect(writing.takeRequests()).toEqual([]);
    }
  });

  it.each([
    ['read_only', ['read', 'read many', 'list']],
    ['write_only', ['write', 'write many']],
    ['read_and_write', ['read', 'write', 'rotate']],
  ] as const)('%s lets through: %s', async (mode, calls) => {
    for (const call of calls) {
      expect(await outcomeOf(call, 'hosted', { CYBERARK_ACCESS_MODE: mode })).toBeTypeOf('object');
    }
  });
});

describe('hosted_keys', () => {
  const environment = { CYBERARK_HOSTED_KEYS: 'hosted' };

  it.each(['read', 'write', 'delete', 'rotate'] as const)('lets no other name through to %s', async (call) => {
    expect(await outcomeOf(call, 'unhosted', environment)).toBe('NotHosted');
    expect(writing.takeRequests()).toEqual([]);
  });

  it('is an error of the single name where many are read or written', async () => {
    const errors = [{ name: 'unhosted', code: 'not_hosted', message: expect.any(String) }];
    expect(await outcomeOf('read many', 'unhosted', environment)).toEqual({ secrets: [], errors });
    expect(await outcomeOf('write many', 'unhosted', environment)).toEqual({ secrets: [], errors });
  });

  it('keeps other names out of a listing', async () => {
    expect(await outcomeOf('list', '', environment)).toMatchObject({ secrets: [{ name: 'hosted' }] });
  });

  it('leaves virtual keys alone while those are stored, in all three functions', async () => {
    const storing = { ...environment, CYBERARK_STORE_VIRTUAL_KEYS: 'true' };
    for (const call of ['read', 'write', 'rotate'] as const) {
      expect(await outcomeOf(call, 'litellm/virtual', storing)).toMatchObject({ name: 'litellm/virtual' });
      expect(await outcomeOf(call, 'litellm-2/other', storing)).toBe('NotHosted');
      expect(await outcomeOf(call, 'litellm/virtual', environment)).toBe('NotHosted');
    }
    const listed = (await outcomeOf('list', '', storing)) as { secrets: { name: string }[] };
    expect(listed.secrets.map(({ name }) => name)).toEqual(['hosted', 'litellm/virtual']);
  });

  it('is no way around for a rotation to another name', async () => {
    const base = { CYBERARK_API_BASE: writing.url, CYBERARK_API_KEY: writing.adminApiKey };
    const { handler } = await loadBundle('rotate-key', { ...base, ...environment });
    const event = { name: 'hosted', strategy: 'supplied', new_value: 'value', new_name: 'unhosted' };
    await expect(handler(event)).rejects.toMatchObject({ name: 'NotHosted' });
  });
});
