import { describe, expect, it } from 'vitest';
import {
  resolveEnvironment,
  resolveReadEnvironment,
  resolveRotationEnvironment,
  resolveWriteEnvironment,
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

  it('leaves the credential to each function, and refers to no stack on this machine', async () => {
    for (const params of [{}, { CYBERARK_API_KEY_SECRET_ID: 'others/credential' }])
      expect(await resolveEnvironment(resolverContext(params), deployed())).not.toHaveProperty(
        'CYBERARK_API_KEY_SECRET_ID',
      );
    expect(await resolveEnvironment(resolverContext(), local())).toEqual({});
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

const OF_EACH = [
  ['read-secret', resolveReadEnvironment],
  ['write-secret', resolveWriteEnvironment],
  ['rotate-key', resolveRotationEnvironment],
] as const;

/** The secret that each function logs in with. */
async function secretsOf(params: Record<string, string>, sources = deployed()): Promise<unknown[]> {
  const environments = OF_EACH.map(([, resolve]) => resolve(resolverContext(params), sources));
  return (await Promise.all(environments)).map(({ CYBERARK_API_KEY_SECRET_ID: id }) => id);
}

describe('the credential of each function', () => {
  it("is a secret of its own by default, and rotate-key's is the one that was there before", async () => {
    expect(await secretsOf({})).toEqual([
      { Ref: 'ReadSecretCredential' },
      { Ref: 'WriteSecretCredential' },
      { Ref: 'ConjurCredential' },
    ]);
  });

  it('is one for all where that is said, or where CYBERARK_API_KEY_SECRET_ID names one', async () => {
    const ref = { Ref: 'ConjurCredential' };
    expect(await secretsOf({ credential_layout: 'shared' })).toEqual([ref, ref, ref]);
    expect(await secretsOf({ CYBERARK_API_KEY_SECRET_ID: 'one' })).toEqual(['one', 'one', 'one']);
  });

  it('may be a secret that was there before, for one function or for each', async () => {
    expect(await secretsOf({ read_secret_credential_id: 'own/read' })).toEqual([
      'own/read',
      { Ref: 'WriteSecretCredential' },
      { Ref: 'ConjurCredential' },
    ]);
  });

  it('is named on this machine by parameters alone', async () => {
    expect(await secretsOf({ read_secret_credential_id: 'local/read' }, local())).toEqual([
      'local/read',
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['a client certificate', { CYBERARK_CLIENT_CERT: '/opt/cert.pem' }],
    ['a file with a JWT', { CYBERARK_AUTHN_JWT_FILE: '/opt/token' }],
    ['a service id alone', { CYBERARK_AUTHN_SERVICE_ID: 'aws' }],
    ['authn-iam', { CYBERARK_AUTHN: 'iam', CYBERARK_AUTHN_SERVICE_ID: 'prod' }],
  ])('is none with %s, as the functions infer it', async (_, params) => {
    expect(await secretsOf(params)).toEqual([undefined, undefined, undefined]);
    expect(await secretsOf({ ...params, CYBERARK_AUTHN: 'api-key' })).not.toContain(undefined);
  });

  it("is rotate-key's business alone where the functions log in by their roles", async () => {
    const params = { CYBERARK_AUTHN: 'iam', CYBERARK_AUTHN_SERVICE_ID: 'aws', CYBERARK_API_KEY_SECRET_ID: 'others' };
    expect(await secretsOf(params)).toEqual([undefined, undefined, 'others']);
  });

  it.each([
    [{ credential_layout: 'each' }, 'credential_layout must be per-function or shared'],
    [{ credential_layout: 'per-function', CYBERARK_API_KEY_SECRET_ID: 'one' }, 'would be one for all functions'],
    [{ credential_layout: 'shared', read_secret_credential_id: 'own' }, 'Keep one of the two'],
    [{ CYBERARK_API_KEY_SECRET_ID: 'one', write_secret_credential_id: 'own' }, 'Keep one of the two'],
    [{ CYBERARK_AUTHN: 'iam', credential_layout: 'shared' }, 'credential_layout is about api keys'],
    [{ CYBERARK_AUTHN: 'iam', rotate_key_credential_id: 'own' }, 'rotate_key_credential_id is about api keys'],
  ])('cannot contradict itself: %j', async (params, message) => {
    await expect(secretsOf(params)).rejects.toThrow(message);
  });
});

describe('the identity with authn-iam', () => {
  const iam = { CYBERARK_AUTHN: 'iam', CYBERARK_AUTHN_SERVICE_ID: 'aws' };

  it("is the host that is named after the function's role", async () => {
    expect(await resolveReadEnvironment(resolverContext(iam), deployed())).toEqual({
      CYBERARK_USERNAME: {
        'Fn::Sub': `host/conjur-functions/iam/\${AWS::AccountId}/conjur-functions-test-\${AWS::Region}-read-secret`,
      },
    });
  });

  it('has the name that the role had before regions stood in it, where that is kept', async () => {
    const context = resolverContext({ ...iam, role_names: 'without-region' });
    expect(JSON.stringify(await resolveReadEnvironment(context, deployed()))).toContain(
      '/conjur-functions-test-read-secret',
    );
    const wrong = resolverContext({ ...iam, role_names: 'short' });
    await expect(resolveReadEnvironment(wrong, deployed())).rejects.toThrow('role_names must be');
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
