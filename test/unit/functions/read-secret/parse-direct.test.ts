import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDirect } from '../../../../functions/read-secret/api.ts';

const refused = (part: string) =>
  expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(part) });

describe('a direct call of read-secret', () => {
  it.each([
    [{ name: 'a' }, { kind: 'one', name: 'a', version: undefined, fresh: false, raw: false }],
    [
      { name: 'a', version: 2, fresh: true },
      { kind: 'one', name: 'a', version: 2, fresh: true, raw: false },
    ],
    [
      { name: 'a', version: 2 },
      { kind: 'one', name: 'a', version: 2, fresh: false, raw: false },
    ],
    [{ names: ['a', '../b'] }, { kind: 'many', names: ['a', '../b'], fresh: false }],
    [
      { names: ['a'], fresh: true },
      { kind: 'many', names: ['a'], fresh: true },
    ],
    [{ list: {} }, { kind: 'list', search: undefined, limit: undefined, offset: 0 }],
    [{ health: true }, { kind: 'health' }],
  ])('reads %j', async (payload, request) => {
    expect(await parseDirect(payload)).toEqual(request);
  });

  it.each([
    ['nothing', undefined, '"name", "names", "list" or "health"'],
    ['a name on its own', 'a', '"name", "names", "list" or "health"'],
    ['a field that it does not know', { name: 'a', ttl: 1 }, 'unknown field "ttl"'],
    ['a name that is no text', { name: 7 }, 'Invalid request: name must be string.'],
    ['a version that is a text', { name: 'a', version: '2' }, 'version must be number'],
    ['a flag that is a text', { name: 'a', fresh: 'true' }, 'fresh must be boolean'],
    ['no names', { names: [] }, 'names'],
    ['a health that is false', { health: false }, 'health'],
  ])('refuses %s', async (_, payload, part) => {
    await expect(async () => parseDirect(payload)).rejects.toThrow(refused(part));
  });

  it('judges a name that stands alone as it judges one beside other fields', async () => {
    const outcomeOf = async (payload: unknown) => {
      try {
        return await parseDirect(payload);
      } catch (error) {
        return String(error);
      }
    };
    const judges = async (name: string): Promise<void> => {
      expect(await outcomeOf({ name })).toEqual(await outcomeOf({ name, fresh: false }));
    };
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 20 }), judges));
    for (const name of ['', '.', 'a//b', 'a/../b', 'a\n', '\ud800', 'x'.repeat(3_001)]) await judges(name);
  });
});
