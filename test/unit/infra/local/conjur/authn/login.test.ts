import { expect, it } from 'vitest';
import { toLogin, toRoleId } from '../../../../../../infra/local/conjur/authn/login.ts';

it.each([
  ['alice', 'a:user:alice'],
  ['alice@app-dev', 'a:user:alice@app-dev'],
  ['host/app/one', 'a:host:app/one'],
  ['host/with:colon', 'a:host:with:colon'],
])('the login %s is the role %s, and back', (login, roleId) => {
  expect(toRoleId('a', login)).toBe(roleId);
  expect(toLogin(roleId)).toBe(login);
});
