import { expect, it } from 'vitest';
import {
  isDeleteAllowed,
  toLocalEnvironment,
  toUnusedConjurNotice,
} from '../../../../../infra/local/stack/local-environment.ts';

it('hands on nothing that names another Conjur, another AWS account or a proxy', () => {
  const shell = {
    CYBERARK_AUTHN: 'iam',
    CYBERARK_READ_API_BASE: 'https://follower.example.com',
    CONJUR_AUTHN_API_KEY: 'real',
    AWS_PROFILE: 'prod',
    http_proxy: 'http://proxy:3128',
    CYBERARK_API_BASE: 'https://conjur.example.com',
    CYBERARK_ALLOW_DELETE: 'true',
  };
  const given = { ...shell, ...toLocalEnvironment({ CYBERARK_API_BASE: 'http://127.0.0.1:8080' }) };
  expect(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))).toEqual({
    CYBERARK_API_BASE: 'http://127.0.0.1:8080',
    CYBERARK_ALLOW_DELETE: 'true',
  });
});

it.each([
  [{}, undefined],
  [{ CYBERARK_API_BASE: '' }, undefined],
  [{ CYBERARK_API_BASE: 'http://127.0.0.1:8080/' }, undefined],
  [
    { CYBERARK_API_BASE: 'https://conjur.example.com/api' },
    'CYBERARK_API_BASE is set and not used: the functions talk to the local Conjur. For yours: npm start -- --conjur https://conjur.example.com/api',
  ],
  [
    { CONJUR_APPLIANCE_URL: 'https://me:password@conjur.example.com' },
    'CONJUR_APPLIANCE_URL is set and not used: the functions talk to the local Conjur. For yours: npm start -- --conjur https://conjur.example.com',
  ],
  [
    { CYBERARK_API_BASE: 'conjur.example.com' },
    'CYBERARK_API_BASE is set and not used: the functions talk to the local Conjur. For yours: npm start -- --conjur URL',
  ],
])('with %j in the shell the notice is %j', (shell, notice) => {
  expect(toUnusedConjurNotice(shell, 'http://127.0.0.1:8080')).toBe(notice);
});

it.each([
  [{}, false],
  [{ CYBERARK_ALLOW_DELETE: '' }, false],
  [{ CYBERARK_ALLOW_DELETE: 'false' }, false],
  [{ CYBERARK_ALLOW_DELETE: 'true' }, true],
  [{ CYBERARK_ALLOW_DELETE: '1' }, true],
  [{ CYBERARK_ALLOW_DELETE: 'TRUE' }, true],
  [{ CYBERARK_ALLOW_DELETE: 'perhaps' }, false],
])('loads the right to delete with %j where the functions will use it: %s', (environment, isAllowed) => {
  expect(isDeleteAllowed(environment)).toBe(isAllowed);
});
