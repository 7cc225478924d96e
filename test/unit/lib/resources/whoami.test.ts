import { expect, it } from 'vitest';
import { type Answer, mockConjur } from '../mock-conjur.ts';

it('says whom Conjur takes this client for', async () => {
  const body =
    '{"account":"acme","username":"host/app","client_ip":"10.0.0.1","token_issued_at":"2026-03-02T00:00:00.000+00:00"}';
  const { conjur, seen } = mockConjur(() => ({ status: 200, body }));
  expect(await conjur.whoami()).toEqual({
    ...{ account: 'acme', login: 'host/app', clientIp: '10.0.0.1', tokenIssuedAt: '2026-03-02T00:00:00.000+00:00' },
  });
  expect(seen).toMatchObject([{ method: 'GET', path: '/whoami' }]);
});

it('leaves out what Conjur does not say', async () => {
  const { conjur } = mockConjur(() => ({ status: 200, body: '{"account":"acme","username":"alice","client_ip":7}' }));
  expect(await conjur.whoami()).toEqual({
    ...{ account: 'acme', login: 'alice', clientIp: undefined, tokenIssuedAt: undefined },
  });
});

it.each<Answer>([
  { status: 200, body: '{"account":"acme"}' },
  { status: 200, body: '{"username":"alice"}' },
  { status: 200, body: '[]' },
  { status: 201, body: '{"account":"acme","username":"alice"}' },
  { status: 404 },
])('does not take %j for an answer', async (answer) => {
  const { conjur } = mockConjur(() => answer);
  await expect(conjur.whoami()).rejects.toMatchObject({ code: 'upstream_error' });
});
