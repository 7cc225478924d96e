import { describe, expect, it } from 'vitest';
import { checkSaid, checkSwitches, warnOfShared } from '../../../../infra/deploy/check-identity.ts';
import { toDestination } from '../../../../infra/deploy/deployed-stack.ts';
import type { Template } from '../../../../infra/deploy/template.ts';
import { resolveStackFacts, type StackFacts } from '../../../../infra/stack/stack-facts.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

async function templateOf(params: Record<string, string>): Promise<Template> {
  return { Resources: {}, ...(await resolveStackFacts(resolverContext(params))) };
}

/** As of before there was a choice. */
const OLD: StackFacts = { Authenticator: 'api-key', CredentialLayout: 'shared', RoleNames: 'without-region' };

describe('how the functions log in', () => {
  it('must be said: by their roles or by api keys', async () => {
    const [choice] = checkSaid(await templateOf({}));
    expect(choice).toContain('--param="CYBERARK_AUTHN=iam"');
    expect(choice).toContain('--param="CYBERARK_AUTHN=api-key"');
  });

  it.each([
    { CYBERARK_AUTHN: 'api-key' },
    { CYBERARK_AUTHN: 'iam' },
    { CYBERARK_AUTHN_SERVICE_ID: 'aws' },
    { CYBERARK_CLIENT_CERT: '/opt/cert.pem' },
    { CYBERARK_API_KEY_SECRET_ID: 'one' },
    { read_secret_credential_id: 'own' },
  ])('is said by %j', async (params) => {
    expect(checkSaid(await templateOf(params))).toEqual([]);
  });
});

describe('a shared credential', () => {
  it('is warned of, with what it gives up', async () => {
    expect(warnOfShared(await templateOf({ CYBERARK_API_KEY_SECRET_ID: 'one' }))).toContain(
      'share one Conjur credential',
    );
    expect(warnOfShared(await templateOf({}))).toBeUndefined();
  });
});

describe('a switch of an existing stack must be said', () => {
  it('from one credential to one for each function', async () => {
    const [refusal] = checkSwitches(await templateOf({ CYBERARK_AUTHN: 'api-key' }), OLD);
    expect(refusal).toContain('--param="credential_layout=shared" keeps it');
    expect(refusal).toContain('--param="credential_layout=per-function" changes it');
    for (const credential_layout of ['shared', 'per-function'])
      expect(checkSwitches(await templateOf({ CYBERARK_AUTHN: 'api-key', credential_layout }), OLD)).toEqual([]);
  });

  it('of the names of roles where they are part of the names of hosts', async () => {
    const iam = { CYBERARK_AUTHN: 'iam' };
    const old = { ...OLD, Authenticator: 'iam', CredentialLayout: 'none' };
    expect(checkSwitches(await templateOf(iam), old)).toEqual([expect.stringContaining('role_names=without-region')]);
    expect(checkSwitches(await templateOf({ ...iam, role_names: 'with-region' }), old)).toEqual([]);
  });

  it('and is none where nothing changes, or where CYBERARK_AUTHN itself says it', async () => {
    const facts = { Authenticator: 'api-key', CredentialLayout: 'per-function', RoleNames: 'with-region' };
    expect(checkSwitches(await templateOf({}), facts)).toEqual([]);
    expect(checkSwitches(await templateOf({ CYBERARK_AUTHN: 'iam' }), OLD)).toEqual([]);
  });
});

it.each([
  [[], {}, { stackName: 'conjur-functions-dev', region: 'eu-central-1', profile: undefined }],
  [
    ['--stage=prod', '--region=us-east-1', '--aws-profile=ops'],
    { AWS_REGION: 'eu-west-1' },
    { stackName: 'conjur-functions-prod', region: 'us-east-1', profile: 'ops' },
  ],
  [['--param=a=b'], { AWS_DEFAULT_REGION: 'eu-west-1' }, { stackName: 'conjur-functions-dev', region: 'eu-west-1' }],
])('a deployment with %j goes where serverless takes it', (args, environment, destination) => {
  expect(toDestination(args, environment)).toMatchObject(destination);
});
