import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toFullId, toQueryId } from '../../../../lib/secrets/batch-request.ts';

it('writes any id so that the server reads the same, and nothing in it separates ids or parameters', () => {
  const units = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string());
  fc.assert(
    fc.property(units, units, (account, name) => {
      const id = toQueryId(toFullId(account, name));
      expect(decodeURIComponent(id)).toBe(`${account}:variable:${name}`.toWellFormed());
      expect(id).not.toMatch(/[^\w.~:/!'()*%-]/);
    }),
  );
});

it('leaves what needs no encoding as it is', () => {
  expect(toQueryId('default:variable:app/db-1_x.y~z')).toBe('default:variable:app/db-1_x.y~z');
  expect(toQueryId('default:variable:a b,c&d+ü')).toBe('default:variable:a%20b%2Cc%26d%2B%C3%BC');
});
