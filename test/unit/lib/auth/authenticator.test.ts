import { expect, it } from 'vitest';
import { toAuthenticationRequest, toForm } from '../../../../lib/auth/authenticator.ts';

it.each([
  [['authn'], 'host/app/one', '/authn/default/host%2Fapp%2Fone/authenticate', 'authenticating as host/app/one'],
  [['authn-jwt', 'ci/a'], undefined, '/authn-jwt/ci%2Fa/default/authenticate', 'authenticating by authn-jwt/ci/a'],
])('a login at %j as %s goes to %s', (service, login, path, action) => {
  expect(toAuthenticationRequest({ service, account: 'default', login }, { body: 'key' })).toEqual({
    ...{ method: 'POST', path, body: 'key', action },
    // A follower may answer, and its refusal is not believed alone.
    ...{ idempotent: true, target: 'read', confirmAtLeader: [401, 403, 404] },
  });
});

it('the fields of a form are encoded', () => {
  expect(toForm({ jwt: 'a+b', host: 'host/ä' })).toEqual({
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'jwt=a%2Bb&host=host%2F%C3%A4',
  });
});
