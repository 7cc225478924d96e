import { describe, expect, it } from 'vitest';
import { resolveAccessPolicies } from '../../../../infra/stack/access-policies.ts';
import { resolveAccountRules } from '../../../../infra/stack/account-rules.ts';
import { resolveAlarms } from '../../../../infra/stack/alarms.ts';
import { resolveHttpApi } from '../../../../infra/stack/authorizer.ts';
import { resolveCredentialRotation } from '../../../../infra/stack/credential-rotation.ts';
import { resolveLayers } from '../../../../infra/stack/layers.ts';
import type { ResolverContext } from '../../../../infra/stack/resolver-context.ts';
import { resolveRotations } from '../../../../infra/stack/rotation-schedules.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

type Resolve = (context: ResolverContext) => Promise<unknown>;

describe('Refused before AWS is asked: what lies in another region than the stack', () => {
  const elsewhere = 'us-east-1:123456789012';
  const key = 'key/11111111-2222-3333-4444-555555555555';
  it.each<[string, string, Resolve, Record<string, string>]>([
    ['alarm_topic_arn', `arn:aws:sns:${elsewhere}:alarms`, resolveAlarms, {}],
    [
      'authorizer_function_arn',
      `arn:aws:lambda:${elsewhere}:function:decides`,
      resolveHttpApi,
      { authorizer: 'lambda' },
    ],
    ['layer_arns', `arn:aws:lambda:${elsewhere}:layer:pem:1`, (context) => resolveLayers(context, false), {}],
    ['log_kms_key_arn', `arn:aws:kms:${elsewhere}:${key}`, resolveAccountRules, {}],
    [
      'ROTATION_EVENT_BUS_NAME',
      `arn:aws:events:${elsewhere}:event-bus/rotations`,
      resolveAccessPolicies,
      { CYBERARK_AUTHN: 'iam' },
    ],
  ])('%s', async (name, arn, resolve, params) => {
    const refusal = resolve(resolverContext({ ...params, [name]: arn }));
    await expect(refusal).rejects.toThrow(`${name} names a resource in us-east-1, and the stack goes to eu-central-1`);
    const here = resolverContext({ ...params, [name]: arn.replace('us-east-1', 'eu-central-1') });
    await expect(resolve(here)).resolves.toBeDefined();
  });

  it('a secret of another region with a rotation of ours', async () => {
    const CYBERARK_API_KEY_SECRET_ID = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:conjur-AbCdEf';
    const rotated = resolverContext({ CYBERARK_API_KEY_SECRET_ID, credential_rotation: 'rate(30 days)' });
    await expect(resolveCredentialRotation(rotated)).rejects.toThrow('cannot call a function in eu-central-1');
    const left = resolverContext({ CYBERARK_API_KEY_SECRET_ID });
    expect(await resolveCredentialRotation(left)).toEqual({ Resources: {} });
  });
});

describe('Refused before AWS is asked: what names a secret or a key only in part', () => {
  it.each([
    ['a partial ARN', { CYBERARK_API_KEY_SECRET_ID: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:conjur' }],
    ['the ARN of something else', { read_secret_credential_id: 'arn:aws:ssm:eu-central-1:123456789012:parameter/x' }],
    ['a partial ARN', { LITELLM_MASTER_KEY_SECRET_ID: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:llm' }],
    ['what is no name', { write_secret_credential_id: 'two words' }],
  ])('%s: %j', async (_, params) => {
    await expect(resolveAccessPolicies(resolverContext(params))).rejects.toThrow(/must be the name .*of a secret/);
  });

  it.each([
    ['credential_kms_key_arn', { CYBERARK_API_KEY_SECRET_ID: 'others/credential' }],
    ['litellm_kms_key_arn', { LITELLM_MASTER_KEY_SECRET_ID: 'litellm/master' }],
  ])('the alias of a key, which gives no right: %s', async (name, params) => {
    const alias = 'arn:aws:kms:eu-central-1:123456789012:alias/credential';
    await expect(resolveAccessPolicies(resolverContext({ ...params, [name]: alias }))).rejects.toThrow(
      `${name} must be the ARN of a KMS key, and not that of an alias`,
    );
  });
});

describe('Refused before AWS is asked: rotations that can never succeed', () => {
  const random = { name: 'app/db/password', strategy: 'random', rate: 'rate(30 days)' };
  const own = { strategy: 'conjur-api-key', rate: 'rate(30 days)' };

  it.each([
    ['of a name that is not hosted', { hosted_keys: ['app/other'] }, [random], 'is not among hosted_keys'],
    ['with access_mode read_only', { access_mode: 'read_only' }, [random], 'access_mode is read_only'],
    ['with access_mode write_only', { access_mode: 'write_only' }, [random], 'access_mode is write_only'],
    ['of a credential, with access_mode read_only', { access_mode: 'read_only' }, [own], 'access_mode is read_only'],
    ["beside Secrets Manager's own", {}, [own], 'which Secrets Manager rotates already'],
    [
      "beside Secrets Manager's own, by its name",
      {},
      [{ ...own, secret_id: 'conjur-functions/test/credential/read-secret' }],
      'which Secrets Manager rotates already',
    ],
  ])('%s', async (_, key_management_settings, rotations, message) => {
    await expect(resolveRotations(resolverContext({}, { key_management_settings, rotations }))).rejects.toThrow(
      message,
    );
  });

  it.each([
    ['of a name that is hosted', { hosted_keys: ['app/db/password'] }, [random]],
    ['that is switched off, beside another', {}, [{ ...own, enabled: false }]],
    ['of a secret that Secrets Manager does not rotate', {}, [{ ...own, secret_id: 'others/credential' }]],
    ['that only looks', { access_mode: 'write_only' }, [{ key_age: { secret_id: 'others' }, rate: 'rate(1 day)' }]],
  ])('but not one %s', async (_, key_management_settings, rotations) => {
    expect(await resolveRotations(resolverContext({}, { key_management_settings, rotations }))).toHaveLength(1);
  });
});
