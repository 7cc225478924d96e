import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startClient } from '../start-client.ts';
import { authenticatorPolicy } from './authenticator-policy.ts';

/** Made up, as everything here: no call goes to AWS. */
const ROLE = {
  accessKeyId: 'ASIAEXAMPLEEXAMPLE11',
  secretAccessKey: 'made-up-secret-access-key',
  sessionToken: 'made-up/session+token==',
  accountId: '123456789012',
  roleName: 'functions-role',
};
const LOGIN = 'host/apps/123456789012/functions-role';
const ENVIRONMENT = {
  CYBERARK_AUTHN: 'iam',
  CYBERARK_AUTHN_SERVICE_ID: 'prod',
  CYBERARK_USERNAME: LOGIN,
  AWS_REGION: 'eu-central-1',
};

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', ROLE.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', ROLE.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', ROLE.sessionToken);
  vi.stubEnv('AWS_PROFILE', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function start() {
  const started = await startClient({ iam: { credentials: [ROLE] } });
  await started.admin.loadPolicy(
    'root',
    authenticatorPolicy('authn-iam/prod', [{ id: LOGIN.slice('host/'.length) }, { id: 'apps/123456789012/other' }]),
  );
  return started;
}

describe('an AWS role', () => {
  it.each([
    ['its region’s', {}],
    ['the global', { CYBERARK_AUTHN_IAM_STS: 'global' }],
  ])('logs in by a signature for %s STS, with the credentials of the environment', async (_, more) => {
    const { connect } = await start();
    expect((await connect({ ...ENVIRONMENT, ...more }).whoami()).login).toBe(LOGIN);
  });

  it.each([
    ['the login of another role', { CYBERARK_USERNAME: 'host/apps/123456789012/other' }, {}],
    ['another secret key', {}, { AWS_SECRET_ACCESS_KEY: 'another' }],
    ['a session token that is gone', {}, { AWS_SESSION_TOKEN: undefined }],
  ])('with %s fails with what to check', async (_, settings, environment) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const { connect } = await start();
    const error = await connect({ ...ENVIRONMENT, ...settings })
      .whoami()
      .catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'authentication_failed' });
    expect((error as Error).message).toMatch(/iam.*CYBERARK_USERNAME.*aws account.*role name.*CYBERARK_AUTHN_IAM_STS/);
  });
});
