import { expect, it } from 'vitest';
import { parseJwks, parseTestCredentials } from '../../../../../infra/local/conjur/parse-credential-files.ts';

const FULL = { accessKeyId: 'A', secretAccessKey: 'very-secret', accountId: '1', roleName: 'r' };

it('reads key sets and credentials', () => {
  expect(parseJwks('{"keys": [{"kty": "RSA"}]}', 'f')).toEqual({ keys: [{ kty: 'RSA' }] });
  expect(parseTestCredentials(JSON.stringify([FULL, { ...FULL, sessionToken: 's' }]), 'f')).toEqual([
    FULL,
    { ...FULL, sessionToken: 's' },
  ]);
});

it.each(['', 'x', '[]', '{}', '{"keys": {}}', '{"keys": [1]}'])('says of %j that it is no key set', (text) => {
  expect(() => parseJwks(text, 'keys.json')).toThrow(/^keys\.json is not (?:JSON|a JSON Web Key Set)/);
});

it.each([
  ['{}', 'creds.json does not hold a JSON list of credentials.'],
  ['[1]', 'creds.json: entry 1 is not an object.'],
  [JSON.stringify([FULL, { ...FULL, roleName: '' }]), 'creds.json: entry 2 has no text "roleName".'],
])('says what is wrong with credentials, without showing them', (text, message) => {
  expect(() => parseTestCredentials(text, 'creds.json')).toThrow(message);
});
