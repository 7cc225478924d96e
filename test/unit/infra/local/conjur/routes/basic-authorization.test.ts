import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseBasicAuthorization } from '../../../../../../infra/local/conjur/routes/basic-authorization.ts';

const encode = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

it('a login and a password come back, whatever the password holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (password) => {
      fc.pre(password.isWellFormed());
      expect(parseBasicAuthorization(encode(`host/a:${password}`))).toEqual({ login: 'host/a', password });
    }),
  );
});

it.each([undefined, '', 'Basic', 'basic YTpi', 'Bearer abc', 'Token token="abc"'])(
  'no basic authorization: %s',
  (header) => {
    expect(parseBasicAuthorization(header)).toBeUndefined();
  },
);
