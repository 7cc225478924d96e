import { expect, it } from 'vitest';
import { startConjur } from './start-conjur.ts';

const POLICY = `
- !user
  id: alice
  public_keys:
  - ssh-rsa AAAAB3Nza alice@laptop
  - ssh-ed25519 AAAAC3Nz alice's phone
- !user bob
`;

it('public keys of a policy are shown to anybody, one a line', async () => {
  const conjur = await startConjur();
  await conjur.load(POLICY);
  const answer = await conjur.ask('GET', '/public_keys/default/user/alice', { as: null });
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(answer.text.trim().split('\n').sort()).toEqual([
    "ssh-ed25519 AAAAC3Nz alice's phone",
    'ssh-rsa AAAAB3Nza alice@laptop',
  ]);
  for (const nobody of ['bob', 'ghost']) {
    expect((await conjur.ask('GET', `/public_keys/default/user/${nobody}`, { as: null })).text).toBe('\n');
  }
});

it('are resources of their own, and go when the policy no longer names them', async () => {
  const conjur = await startConjur();
  await conjur.load(POLICY);
  const listed = await conjur.ask('GET', '/resources/default/public_key');
  expect(listed.json<{ id: string }[]>().map(({ id }) => id)).toContain('default:public_key:user/alice/alice@laptop');
  await conjur.load('- !user alice\n', { method: 'PUT' });
  expect((await conjur.ask('GET', '/public_keys/default/user/alice', { as: null })).text).toBe('\n');
});

it('a key without a name is a fault of the server, as in a genuine Conjur', async () => {
  const conjur = await startConjur();
  expect((await conjur.load('- !user { id: alice, public_key: ssh-rsa AAAA }\n')).status).toBe(500);
});

it.each([
  ['GET', '/authn-oidc/x/default/authenticate'],
  ['POST', '/authn-k8s/x/default/host%2Fh/authenticate'],
  ['POST', '/authn-k8s/x/inject_client_cert'],
])('%s %s says that it is not there', async (method, path) => {
  const conjur = await startConjur();
  const answer = await conjur.ask(method, path, { as: null });
  expect([answer.status, answer.json()]).toEqual([
    404,
    { error: { code: 'not_found', message: expect.stringMatching(/^The local Conjur does not have authn-/) } },
  ]);
});
