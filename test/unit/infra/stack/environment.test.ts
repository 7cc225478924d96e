import { describe, expect, it } from 'vitest';
import {
  resolveEnvironment,
  resolveReadEnvironment,
  resolveRotationEnvironment,
} from '../../../../infra/stack/environment.ts';
import { SECRET_SETTINGS } from '../../../../infra/stack/setting-names.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

const deployed = (environment: Record<string, string> = {}) => ({ environment, local: false });
const local = (environment: Record<string, string> = {}) => ({ environment, local: true });

describe('the environment of the functions', () => {
  it('takes a setting from the process, then from the parameter, then from serverless.yml', async () => {
    const custom = {
      settings: { CYBERARK_ACCOUNT: 'third', CYBERARK_USERNAME: 'third', CYBERARK_API_BASE: 'https://third' },
    };
    const context = resolverContext({ CYBERARK_ACCOUNT: 'second', CYBERARK_USERNAME: 'second' }, custom);
    expect(await resolveEnvironment(context, deployed({ CYBERARK_ACCOUNT: 'first' }))).toMatchObject({
      CYBERARK_ACCOUNT: 'first',
      CYBERARK_USERNAME: 'second',
      CYBERARK_API_BASE: 'https://third',
    });
  });

  it('never takes over a secret', async () => {
    const secrets = Object.fromEntries(SECRET_SETTINGS.map((name) => [name, 'canary-value']));
    const sources = [deployed(secrets), local(secrets)];
    for (const source of sources) {
      const shared = await resolveEnvironment(resolverContext(secrets), source);
      const rotation = await resolveRotationEnvironment(resolverContext(secrets), source);
      expect(JSON.stringify({ shared, rotation })).not.toContain('canary-value');
    }
  });

  it.each(SECRET_SETTINGS)('refuses a secret in serverless.yml, and says where it belongs: %s', async (name) => {
    const context = resolverContext({}, { settings: { [name]: 'canary-value' } });
    const refusal = await resolveEnvironment(context, deployed()).catch((error: Error) => error.message);
    expect(refusal).toContain(`custom.settings.${name} is a secret`);
    expect(refusal).not.toContain('canary-value');
  });

  it('refuses a misspelt setting in serverless.yml', async () => {
    const context = resolverContext({}, { settings: { CYBERARK_ACOUNT: 'acme' } });
    await expect(resolveEnvironment(context, deployed())).rejects.toThrow(
      'custom.settings.CYBERARK_ACOUNT is no setting',
    );
  });

  it('insists on TLS when deployed, and leaves it to the functions on this machine', async () => {
    expect(await resolveEnvironment(resolverContext(), deployed())).toMatchObject({ CYBERARK_REQUIRE_TLS: 'true' });
    expect(await resolveEnvironment(resolverContext(), local())).not.toHaveProperty('CYBERARK_REQUIRE_TLS');
  });

  it("takes the credential from the stack's own secret when deployed, and refers to no stack on this machine", async () => {
    expect(await resolveEnvironment(resolverContext(), deployed())).toMatchObject({
      CYBERARK_API_KEY_SECRET_ID: { Ref: 'ConjurCredential' },
    });
    expect(await resolveEnvironment(resolverContext(), local())).toEqual({});
  });

  it.each([
    ['a client certificate', { CYBERARK_CLIENT_CERT: '/opt/cert.pem' }],
    ['a file with a JWT', { CYBERARK_AUTHN_JWT_FILE: '/opt/token' }],
    ['a service id alone', { CYBERARK_AUTHN_SERVICE_ID: 'aws' }],
  ])('infers the authenticator as the functions do, from %s', async (_, params) => {
    expect(await resolveEnvironment(resolverContext(params), deployed())).not.toHaveProperty(
      'CYBERARK_API_KEY_SECRET_ID',
    );
    const both = resolverContext({ ...params, CYBERARK_AUTHN: 'api-key' });
    expect(await resolveEnvironment(both, deployed())).toHaveProperty('CYBERARK_API_KEY_SECRET_ID');
  });

  it('needs no secret with authn-iam', async () => {
    const context = resolverContext({ CYBERARK_AUTHN: 'iam', CYBERARK_AUTHN_SERVICE_ID: 'prod' });
    expect(await resolveEnvironment(context, deployed())).not.toHaveProperty('CYBERARK_API_KEY_SECRET_ID');
  });

  it("turns LiteLLM's block into settings, and passes over what is LiteLLM's alone", async () => {
    const block = {
      store_virtual_keys: true,
      prefix_for_stored_virtual_keys: 'llm/',
      access_mode: 'read_only',
      hosted_keys: ['llm/one', 'llm/two'],
      primary_secret_name: 'llm',
    };
    expect(await resolveEnvironment(resolverContext({}, { key_management_settings: block }), local())).toEqual({
      CYBERARK_STORE_VIRTUAL_KEYS: 'true',
      CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS: 'llm/',
      CYBERARK_ACCESS_MODE: 'read_only',
      CYBERARK_HOSTED_KEYS: 'llm/one,llm/two',
    });
  });

  it('refuses a misspelt name in that block', async () => {
    const context = resolverContext({}, { key_management_settings: { acces_mode: 'read_only' } });
    await expect(resolveEnvironment(context, local())).rejects.toThrow(
      'key_management_settings.acces_mode is no such setting',
    );
  });

  it('refuses a private key, without showing it', async () => {
    const context = resolverContext({ CYBERARK_CLIENT_KEY: '-----BEGIN PRIVATE KEY-----\ncanary-value' });
    const refusal = await resolveEnvironment(context, deployed()).catch((error: Error) => error.message);
    expect(refusal).toContain('CYBERARK_CLIENT_KEY holds a private key');
    expect(refusal).not.toContain('canary-value');
  });
});

describe('the identity with authn-iam', () => {
  const iam = { CYBERARK_AUTHN: 'iam', CYBERARK_AUTHN_SERVICE_ID: 'aws' };

  it("is the host that is named after the function's role", async () => {
    expect(await resolveReadEnvironment(resolverContext(iam), deployed())).toEqual({
      CYBERARK_USERNAME: {
        'Fn::Sub': `host/conjur-functions/iam/\${AWS::AccountId}/conjur-functions-test-read-secret`,
      },
    });
  });

  it('is that too where authn-iam is inferred', async () => {
    const context = resolverContext({ CYBERARK_AUTHN_SERVICE_ID: 'aws' });
    expect(await resolveReadEnvironment(context, deployed())).toHaveProperty('CYBERARK_USERNAME');
  });

  it('is what a parameter says, where one says it', async () => {
    const context = resolverContext({ ...iam, CYBERARK_USERNAME: 'host/own' });
    expect(await resolveReadEnvironment(context, deployed())).toEqual({});
  });
});
