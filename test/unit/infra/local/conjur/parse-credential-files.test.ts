import { expect, it } from 'vitest';
import {
  parseCloudIdentity,
  parseJwks,
  parsePasswords,
  parseTestCredentials,
} from '../../../../../infra/local/conjur/parse-credential-files.ts';

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

it('passwords of the directory are an object of texts', () => {
  expect(parsePasswords('{"alice": "secret"}', 'f')).toEqual({ alice: 'secret' });
  for (const text of ['[]', '{"alice": 1}', '{"alice": ""}'])
    expect(() => parsePasswords(text, 'ldap.json')).toThrow(/^ldap\.json does not hold passwords/);
});

it('a cloud identity names what the clouds know, and nothing else', () => {
  const identity = { azure: { resourceGroup: 'mine', userAssigned: { id: 'name' } }, gcp: { projectId: 'p' } };
  expect(parseCloudIdentity(JSON.stringify(identity), 'f')).toEqual(identity);
  for (const text of ['[]', '{"aws": {}}', '{"azure": 1}', '{"azure": {"group": "x"}}', '{"gcp": {"projectId": 1}}'])
    expect(() => parseCloudIdentity(text, 'cloud.json')).toThrow(/^cloud\.json/);
});
