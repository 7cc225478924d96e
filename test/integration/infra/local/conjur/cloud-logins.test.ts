import { describe, expect, it } from 'vitest';
import { type ConjurUnderTest, startConjur } from './start-conjur.ts';

const TENANT = '00000000-0000-4000-8000-00000000000a';
const POLICY = `
- !policy
  id: conjur/authn-azure/prod
  body:
  - !webservice
  - !variable provider-uri
  - !group apps
  - !permit { role: !group apps, privileges: [ read, authenticate ], resource: !webservice }
- !policy
  id: conjur/authn-gcp
  body:
  - !webservice
  - !group apps
  - !permit { role: !group apps, privileges: [ read, authenticate ], resource: !webservice }
- !host
  id: azure/machine
  annotations:
    authn-azure/subscription-id: 00000000-0000-4000-8000-00000000000b
    authn-azure/resource-group: local-group
    authn-azure/system-assigned-identity: 00000000-0000-4000-8000-00000000000c
- !host
  id: azure/assigned
  annotations:
    authn-azure/prod/subscription-id: 00000000-0000-4000-8000-00000000000b
    authn-azure/prod/resource-group: local-group
    authn-azure/prod/user-assigned-identity: local-identity
- !host
  id: azure/other-group
  annotations:
    authn-azure/subscription-id: 00000000-0000-4000-8000-00000000000b
    authn-azure/resource-group: another
- !host azure/bare
- !host azure/not-granted
- !host { id: gcp/machine, annotations: { authn-gcp/project-id: local-project, authn-gcp/instance-name: local-instance } }
- !host { id: gcp/other, annotations: { authn-gcp/project-id: another } }
- !host { id: gcp/bare, annotations: { authn-gcp/instance-name: local-instance } }
- !grant
  role: !group conjur/authn-azure/prod/apps
  members: [ !host azure/machine, !host azure/assigned, !host azure/other-group, !host azure/bare ]
- !grant
  role: !group conjur/authn-gcp/apps
  members: [ !host gcp/machine, !host gcp/other, !host gcp/bare ]
`;

interface Clouds extends ConjurUnderTest {
  readonly metadataUrl: string;
  readonly log: string[];
}

async function startClouds(now = Date.now): Promise<Clouds> {
  const log: string[] = [];
  const conjur = await startConjur({ now, metadata: {}, log: (line) => log.push(line) });
  await conjur.load(POLICY);
  const variable = '/secrets/default/variable/conjur%2Fauthn-azure%2Fprod%2Fprovider-uri';
  await conjur.ask('POST', variable, { body: `https://sts.windows.net/${TENANT}/` });
  return { ...conjur, metadataUrl: conjur.conjur.metadataUrl ?? '', log };
}

async function azureToken({ metadataUrl }: Clouds, more = ''): Promise<string> {
  const query = `api-version=2018-02-01&resource=https://management.azure.com/${more}`;
  const url = `${metadataUrl}/metadata/identity/oauth2/token?${query}`;
  const answer = await fetch(url, { headers: { metadata: 'true' } });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function googleToken({ metadataUrl }: Clouds, audience: string, format = '&format=full'): Promise<string> {
  const path = '/computeMetadata/v1/instance/service-accounts/default/identity';
  const url = `${metadataUrl}${path}?audience=${encodeURIComponent(audience)}${format}`;
  const answer = await fetch(url, { headers: { 'metadata-flavor': 'Google' } });
  expect(answer.status).toBe(200);
  return answer.text();
}

function logInToAzure(conjur: Clouds, host: string, jwt: string, service = 'prod') {
  const path = `/authn-azure/${service}/default/${encodeURIComponent(`host/azure/${host}`)}/authenticate`;
  return conjur.ask('POST', path, { as: null, body: new URLSearchParams({ jwt }).toString() });
}

function logInToGoogle(conjur: Clouds, jwt: string) {
  return conjur.ask('POST', '/authn-gcp/default/authenticate', {
    as: null,
    body: new URLSearchParams({ jwt }).toString(),
  });
}

async function whoIs(conjur: Clouds, token: string): Promise<string> {
  const authorization = `Token token="${Buffer.from(token).toString('base64')}"`;
  return (await conjur.ask('GET', '/whoami', { as: null, headers: { authorization } })).json<{ username: string }>()
    .username;
}

describe('authn-azure', () => {
  it.each([
    ['the identity of the machine', 'machine', ''],
    ['an identity that was assigned to it', 'assigned', '&client_id=00000000-0000-4000-8000-00000000000d'],
  ])('lets in %s', async (_what, host, more) => {
    const conjur = await startClouds();
    const login = await logInToAzure(conjur, host, await azureToken(conjur, more));
    expect(login.status).toBe(200);
    expect(await whoIs(conjur, login.text)).toBe(`host/azure/${host}`);
  });

  it.each([
    ['another resource group', 'other-group', '', 'does not match the restriction resource-group'],
    ['another identity', 'machine', '&client_id=00000000-0000-4000-8000-00000000000d', 'system-assigned-identity'],
    ['no annotations', 'bare', '', 'no annotation authn-azure/subscription-id'],
    ['no grant', 'not-granted', '', 'does not have the privilege authenticate'],
    ['no such host', 'ghost', '', 'does not exist'],
  ])('refuses a host with %s', async (_what, host, more, reason) => {
    const conjur = await startClouds();
    const login = await logInToAzure(conjur, host, await azureToken(conjur, more));
    expect([login.status, login.text]).toEqual([401, '']);
    expect(conjur.log.join()).toContain(reason);
  });

  it('refuses no token, a foreign token, an expired one, a service that there is not and one that is off', async () => {
    let now = Date.now();
    const conjur = await startClouds(() => now);
    const token = await azureToken(conjur);
    expect((await logInToAzure(conjur, 'machine', '')).status).toBe(400);
    const forged = `${token.slice(0, -6)}AAAAAA`;
    expect((await logInToAzure(conjur, 'machine', forged)).status).toBe(401);
    expect((await logInToAzure(conjur, 'machine', await googleToken(conjur, 'x'))).status).toBe(401);
    expect((await logInToAzure(conjur, 'machine', token, 'ghost')).status).toBe(401);
    await conjur.ask('PATCH', '/authn-azure/prod/default', { body: 'enabled=false' });
    expect((await logInToAzure(conjur, 'machine', token)).status).toBe(401);
    await conjur.ask('PATCH', '/authn-azure/prod/default', { body: 'enabled=true' });
    now += 25 * 3_600_000;
    const expired = await logInToAzure(conjur, 'machine', token);
    expect([expired.status, expired.text]).toEqual([401, expect.stringContaining('CONJ00016E')]);
  });
});

describe('authn-gcp', () => {
  it('lets in the host that the audience names', async () => {
    const conjur = await startClouds();
    const login = await logInToGoogle(conjur, await googleToken(conjur, 'conjur/default/host/gcp/machine'));
    expect(login.status).toBe(200);
    expect(await whoIs(conjur, login.text)).toBe('host/gcp/machine');
  });

  it.each([
    ['another project', 'conjur/default/host/gcp/other', '&format=full', 'restriction project-id'],
    ['no restriction that Google wants', 'conjur/default/host/gcp/bare', '&format=full', 'none of the annotations'],
    ['an audience of another form', 'https://conjur', '&format=full', 'the audience is not of the form'],
    ['another account', 'conjur/mine/host/gcp/machine', '&format=full', 'the account mine'],
    ['a token without the machine', 'conjur/default/host/gcp/machine', '', 'does not match the restriction'],
    ['no such host', 'conjur/default/host/gcp/ghost', '&format=full', 'does not exist'],
  ])('refuses %s', async (_what, audience, format, reason) => {
    const conjur = await startClouds();
    const login = await logInToGoogle(conjur, await googleToken(conjur, audience, format));
    expect(login.status).toBe(401);
    expect(conjur.log.join()).toContain(reason);
  });
});

describe('the metadata services', () => {
  it('want the header that a tricked browser cannot send', async () => {
    const { metadataUrl } = await startClouds();
    const azure = `${metadataUrl}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=x`;
    expect((await fetch(azure)).status).toBe(400);
    const google = `${metadataUrl}/computeMetadata/v1/instance/service-accounts/default/identity?audience=x`;
    expect((await fetch(google)).status).toBe(403);
  });

  it('of Azure name what a request lacks', async () => {
    const { metadataUrl } = await startClouds();
    const ask = (query: string) =>
      fetch(`${metadataUrl}/metadata/identity/oauth2/token?${query}`, { headers: { metadata: 'true' } });
    for (const query of ['resource=x', 'api-version=2018-02-01', 'api-version=2018-02-01&resource=x&client_id=ghost'])
      expect((await ask(query)).status).toBe(400);
  });

  it('can keep silent', async () => {
    const conjur = await startConjur({ metadata: { isSilent: true } });
    const asked = fetch(`${conjur.conjur.metadataUrl}/metadata/identity/oauth2/token`, {
      signal: AbortSignal.timeout(200),
    });
    await expect(asked).rejects.toThrow();
  });

  it('give tokens of whom they are told', async () => {
    const identity = { azure: { resourceGroup: 'mine' }, gcp: { projectId: 'my-project' } };
    const conjur = await startConjur({ metadata: { identity } });
    const clouds = { ...conjur, metadataUrl: conjur.conjur.metadataUrl ?? '', log: [] };
    const claims = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims(await azureToken(clouds)).xms_mirid).toContain('/resourcegroups/mine/');
    expect(claims(await googleToken(clouds, 'x')).google.compute_engine.project_id).toBe('my-project');
  });
});
