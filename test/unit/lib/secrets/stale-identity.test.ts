import { expect, it } from 'vitest';
import { Secret } from '../../../../lib/secret.ts';
import { accessTokenText } from '../access-token-text.ts';
import { type Answer, mockConjur } from '../mock-conjur.ts';

it('a value is served stale after a 401, also where the login stands in the secret of the credential', async () => {
  let read: Answer = { status: 200, body: 'a value' };
  let login: Answer = { status: 200, body: accessTokenText(480, 1_770_000_000, 'host/app/one') };
  const secretReader = { read: async () => Secret.of('{"username":"host/app/one","api_key":"key"}') };
  const { conjur, clock } = mockConjur(
    () => read,
    {
      CYBERARK_API_KEY_SECRET_ID: 'conjur/credential',
      CYBERARK_SECRET_CACHE_TTL: '1',
      CYBERARK_SECRET_STALE_IF_ERROR: '600',
    },
    { secretReader },
    () => login,
  );
  await conjur.readSecret('a');
  clock.move(2_000);
  read = { status: 401 };
  login = { status: 503 };
  const { value, stale } = await conjur.readSecret('a');
  expect([value.expose(), stale]).toEqual(['a value', true]);
});
