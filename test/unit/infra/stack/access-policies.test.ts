import { describe, expect, it } from 'vitest';
import { resolveAccessPolicies, resolvePolicyDependencies } from '../../../../infra/stack/access-policies.ts';
import { resolveCredentialFile, resolveCredentialRotation } from '../../../../infra/stack/credential-rotation.ts';
import { resolveVpc } from '../../../../infra/stack/network.ts';
import { resolveRotateKeyConcurrency } from '../../../../infra/stack/rotate-key-concurrency.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

describe('the rights that parameters bring with them', () => {
  it('are none on secrets with authn-iam', async () => {
    const context = resolverContext({ CYBERARK_AUTHN: 'iam' });
    expect(await resolveAccessPolicies(context)).toEqual({ Resources: {} });
    expect(await resolveCredentialFile(context)).toBe('credential-elsewhere.yml');
    expect(await resolveCredentialRotation(context)).toEqual({ Resources: {} });
  });

  it('are on the one secret that is named, and its key', async () => {
    const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:conjur-AbCdEf';
    const key = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
    const context = resolverContext({ CYBERARK_API_KEY_SECRET_ID: arn, credential_kms_key_arn: key });
    const { Resources } = await resolveAccessPolicies(context);
    expect(Object.keys(Resources)).toEqual(['CredentialReadPolicy', 'CredentialRotationPolicy']);
    expect(Resources.CredentialReadPolicy?.Properties.PolicyDocument).toMatchObject({
      Statement: [
        { Action: ['secretsmanager:GetSecretValue'], Resource: arn },
        { Action: ['kms:Decrypt'], Resource: key },
      ],
    });
  });

  it('leave open only the suffix of a secret that is named without its ARN', async () => {
    const { Resources } = await resolveAccessPolicies(resolverContext({ CYBERARK_API_KEY_SECRET_ID: 'conjur/key' }));
    expect(JSON.stringify(Resources.CredentialReadPolicy)).toContain('secret:conjur/key-??????');
  });

  it('are on the secrets that the schedules name, and rotate-key has them alone', async () => {
    const rotations = [
      { strategy: 'conjur-api-key', secret_id: 'others/credential', rate: 'rate(7 days)' },
      { strategy: 'conjur-api-key', name: 'others/credential', rate: 'rate(8 days)' },
      { key_age: { secret_id: 'third/credential' }, rate: 'rate(1 day)' },
      { strategy: 'random', name: 'app/db/password', rate: 'rate(7 days)' },
    ];
    const { Resources } = await resolveAccessPolicies(resolverContext({ CYBERARK_AUTHN: 'iam' }, { rotations }));
    expect(Object.keys(Resources)).toEqual(['ScheduledSecretsPolicy']);
    const { Roles, PolicyDocument } = Resources.ScheduledSecretsPolicy?.Properties ?? {};
    expect(Roles).toEqual([{ Ref: 'RotateKeyRole' }]);
    const [statement] = (PolicyDocument as { Statement: { Action: string[]; Resource: unknown[] }[] }).Statement;
    expect(statement?.Action).toEqual(
      expect.arrayContaining(['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue']),
    );
    expect(JSON.stringify(statement?.Resource).match(/secret:[\w/-]+-\?{6}/g)).toEqual([
      'secret:others/credential-??????',
      'secret:third/credential-??????',
    ]);
  });

  it('let Lambda, and not the code of the functions, handle network interfaces', async () => {
    const context = resolverContext({ vpc_subnet_ids: 'subnet-1', vpc_security_group_ids: 'sg-1' });
    const { Resources } = await resolveAccessPolicies(context);
    const document = Resources.VpcPolicy?.Properties.PolicyDocument as {
      Statement: { Effect: string; Condition?: unknown }[];
    };
    expect(document.Statement.find(({ Effect }) => Effect === 'Deny')?.Condition).toMatchObject({
      ArnLike: { 'lambda:SourceFunctionArn': { 'Fn::Sub': expect.stringContaining('conjur-functions-test-') } },
    });
  });
});

describe('the policies that a function cannot be made without', () => {
  it('come before it: the ones that Lambda asks for in a VPC and with tracing', async () => {
    const context = resolverContext({
      vpc_subnet_ids: 'subnet-1',
      vpc_security_group_ids: 'sg-1',
      tracing: 'true',
    });
    const ids = await resolvePolicyDependencies(context);
    expect(ids).toEqual(['VpcPolicy', 'TracingPolicy']);
    expect(Object.keys((await resolveAccessPolicies(context)).Resources)).toEqual(expect.arrayContaining(ids));
    expect(await resolvePolicyDependencies(resolverContext())).toEqual([]);
  });
});

describe('the VPC', () => {
  it('takes subnets and security groups together or not at all', async () => {
    expect(await resolveVpc(resolverContext())).toBeNull();
    await expect(resolveVpc(resolverContext({ vpc_subnet_ids: 'subnet-1' }))).rejects.toThrow('go together');
  });

  it.each([
    ['vpc_subnet_ids', { vpc_subnet_ids: 'subnet-1,vpc-2', vpc_security_group_ids: 'sg-1' }],
    ['vpc_security_group_ids', { vpc_subnet_ids: 'subnet-1', vpc_security_group_ids: 'default' }],
  ])('refuses what is no id: %s', async (name, params) => {
    await expect(resolveVpc(resolverContext(params))).rejects.toThrow(`${name} must list ids`);
  });
});

describe("Secrets Manager's rotation", () => {
  it('can be switched off, and refuses what is no expression', async () => {
    expect(await resolveCredentialRotation(resolverContext({ credential_rotation: 'off' }))).toEqual({ Resources: {} });
    for (const credential_rotation of ['often', 'rate(5 minutes)', 'rate(0 days)', 'cron(0 3 * * *)'])
      await expect(resolveCredentialRotation(resolverContext({ credential_rotation }))).rejects.toThrow(
        'rate(30 days)',
      );
  });

  it("is on for the stack's own secret, and off for one that was there before, unless it is asked for", async () => {
    const rateOf = async (params: Record<string, string>): Promise<unknown> => {
      const { Resources } = (await resolveCredentialRotation(resolverContext(params))) as {
        Resources: Record<string, { Properties: { RotationRules?: { ScheduleExpression: string } } }>;
      };
      return Resources.CredentialRotation?.Properties.RotationRules?.ScheduleExpression;
    };
    expect(await rateOf({})).toBe('rate(30 days)');
    expect(await rateOf({ CYBERARK_API_KEY_SECRET_ID: 'others/credential' })).toBeUndefined();
    expect(await rateOf({ CYBERARK_API_KEY_SECRET_ID: 'others/credential', credential_rotation: 'rate(7 days)' })).toBe(
      'rate(7 days)',
    );
  });
});

describe('the concurrency of rotate-key', () => {
  it('is set aside, or not at all', async () => {
    expect(await resolveRotateKeyConcurrency(resolverContext({ rotate_key_concurrency: '5' }))).toBe(5);
    expect(await resolveRotateKeyConcurrency(resolverContext({ rotate_key_concurrency: 'off' }))).toBeNull();
  });

  it.each(['0', '-1', '1.5', 'many', '1001'])('cannot be %s', async (rotate_key_concurrency) => {
    await expect(resolveRotateKeyConcurrency(resolverContext({ rotate_key_concurrency }))).rejects.toThrow(
      'from 1 to 1000, or off',
    );
  });
});
