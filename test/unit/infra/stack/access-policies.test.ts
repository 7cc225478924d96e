import { describe, expect, it } from 'vitest';
import { resolveAccessPolicies, resolvePolicyDependencies } from '../../../../infra/stack/access-policies.ts';
import { resolveCredentialRotation } from '../../../../infra/stack/credential-rotation.ts';
import { resolveCredentialKeyFile, resolveCredentialSecrets } from '../../../../infra/stack/credential-secrets.ts';
import { resolveVpc } from '../../../../infra/stack/network.ts';
import { resolveRotateKeyConcurrency } from '../../../../infra/stack/rotate-key-concurrency.ts';
import { findExpressionFault } from '../../../../infra/stack/schedule-expression.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Record<string, unknown>>>;
}

/** Statements of a policy of the stack. */
async function statementsOf(id: string, params: Record<string, string>, custom = {}): Promise<Statement[]> {
  const { Resources } = await resolveAccessPolicies(resolverContext(params, custom));
  return (Resources[id]?.Properties.PolicyDocument as { Statement: Statement[] } | undefined)?.Statement ?? [];
}

/** What a role may do with which secrets. */
async function secretsOfRole(role: string, params: Record<string, string>): Promise<Record<string, unknown[]>> {
  const { Resources } = await resolveAccessPolicies(resolverContext(params));
  const own = Object.values(Resources).filter(({ Properties }) =>
    (Properties.Roles as { Ref: string }[]).some(({ Ref }) => Ref === role),
  );
  const statements = own.flatMap(
    ({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement,
  );
  const rights: Record<string, unknown[]> = {};
  for (const { Action, Resource } of statements)
    for (const action of Action.filter((name) => name.startsWith('secretsmanager:')))
      rights[action.slice('secretsmanager:'.length)] = [...(rights[action] ?? []), ...(Resource as unknown[])];
  return rights;
}

const SECRETS = { read: 'ReadSecretCredential', write: 'WriteSecretCredential', rotate: 'ConjurCredential' };
const ref = (id: string) => ({ Ref: id });

describe('the rights on the credentials', () => {
  it('let each function read its own, and rotate-key rotate all three', async () => {
    expect(await secretsOfRole('ReadSecretRole', {})).toEqual({ GetSecretValue: [ref(SECRETS.read)] });
    expect(await secretsOfRole('WriteSecretRole', {})).toEqual({ GetSecretValue: [ref(SECRETS.write)] });
    const all = Object.values(SECRETS).map(ref);
    expect(await secretsOfRole('RotateKeyRole', {})).toMatchObject({ PutSecretValue: all, GetSecretValue: all });
  });

  it('let all functions read the one of the layout shared, and rotate-key alone replace it', async () => {
    const shared = { credential_layout: 'shared' };
    for (const role of ['ReadSecretRole', 'WriteSecretRole'])
      expect(await secretsOfRole(role, shared)).toEqual({ GetSecretValue: [ref(SECRETS.rotate)] });
    expect(await secretsOfRole('RotateKeyRole', shared)).toMatchObject({ PutSecretValue: [ref(SECRETS.rotate)] });
  });

  it('decrypt nothing but these secrets, by way of Secrets Manager', async () => {
    const [, decrypt] = await statementsOf('ReadSecretCredentialReadPolicy', {});
    expect(decrypt).toMatchObject({
      Action: ['kms:Decrypt'],
      Condition: {
        StringEquals: { 'kms:ViaService': [{ 'Fn::Sub': `secretsmanager.\${AWS::Region}.amazonaws.com` }] },
        StringLike: { 'kms:EncryptionContext:SecretARN': [ref(SECRETS.read)] },
      },
    });
  });
});

describe('the rights that parameters bring with them', () => {
  it('are none on secrets with authn-iam', async () => {
    const context = resolverContext({ CYBERARK_AUTHN: 'iam' });
    expect(await resolveAccessPolicies(context)).toEqual({ Resources: {} });
    expect(await resolveCredentialKeyFile(context)).toBe('without-credential-key.yml');
    expect(await resolveCredentialSecrets(context)).toEqual({ Resources: {}, Outputs: {} });
    expect(await resolveCredentialRotation(context)).toEqual({ Resources: {} });
  });

  it('are on the one secret that is named, and its key', async () => {
    const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:conjur-AbCdEf';
    const key = 'arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555';
    const params = { CYBERARK_API_KEY_SECRET_ID: arn, credential_kms_key_arn: key };
    expect(await statementsOf('CredentialReadPolicy', params)).toMatchObject([
      { Action: ['secretsmanager:GetSecretValue'], Resource: [arn] },
      { Action: ['kms:Decrypt'], Resource: [key] },
    ]);
  });

  it('IAM too wide: a credential that was there before is replaced only where its rotation was asked for', async () => {
    const params = { CYBERARK_API_KEY_SECRET_ID: 'others/credential' };
    expect(await statementsOf('CredentialRotationPolicy', params)).toEqual([]);
    const asked = { ...params, credential_rotation: 'rate(7 days)' };
    expect(await statementsOf('CredentialRotationPolicy', asked)).toHaveLength(1);
    const rotations = [{ strategy: 'conjur-api-key', rate: 'rate(7 days)', enabled: false }];
    expect(await statementsOf('CredentialRotationPolicy', params, { rotations })).toHaveLength(1);
  });

  it('IAM too wide: a secret that is only looked at is not written to', async () => {
    const rotations = [{ key_age: { secret_id: 'third/credential' }, rate: 'rate(1 day)' }];
    const statements = await statementsOf('ScheduledSecretsPolicy', { CYBERARK_AUTHN: 'iam' }, { rotations });
    expect(statements.map(({ Action }) => Action)).toEqual([['secretsmanager:GetSecretValue']]);
  });

  it('leave open only the suffix of a secret that is named without its ARN', async () => {
    const { Resources } = await resolveAccessPolicies(resolverContext({ CYBERARK_API_KEY_SECRET_ID: 'conjur/key' }));
    expect(JSON.stringify(Resources.CredentialReadPolicy)).toContain('secret:conjur/key-??????');
  });

  it('are on the secrets that the schedules name, and rotate-key has them alone', async () => {
    const rotations = [
      { strategy: 'conjur-api-key', secret_id: 'others/credential', rate: 'rate(7 days)' },
      { key_age: { secret_id: 'third/credential' }, rate: 'rate(1 day)' },
      { strategy: 'random', name: 'app/db/password', rate: 'rate(7 days)' },
    ];
    const { Resources } = await resolveAccessPolicies(resolverContext({ CYBERARK_AUTHN: 'iam' }, { rotations }));
    expect(Object.keys(Resources)).toEqual(['ScheduledSecretsPolicy']);
    const { Roles, PolicyDocument } = Resources.ScheduledSecretsPolicy?.Properties ?? {};
    expect(Roles).toEqual([{ Ref: 'RotateKeyRole' }]);
    const { Statement: statements } = PolicyDocument as { Statement: Statement[] };
    expect(statements.map(({ Action }) => Action.includes('secretsmanager:PutSecretValue'))).toEqual([true, false]);
    expect(JSON.stringify(statements.map(({ Resource }) => Resource)).match(/secret:[\w/-]+-\?{6}/g)).toEqual([
      'secret:others/credential-??????',
      'secret:third/credential-??????',
    ]);
  });

  it('RAM-shared subnets: reach subnets and security groups of any account, and interfaces of this one', async () => {
    const context = { vpc_subnet_ids: 'subnet-1,subnet-2', vpc_security_group_ids: 'sg-1' };
    const [manage] = await statementsOf('VpcPolicy', context);
    expect(manage?.Resource).toEqual(
      [`\${AWS::AccountId}:network-interface/*`, '*:subnet/*', '*:security-group/*'].map((resource) => ({
        'Fn::Sub': `arn:\${AWS::Partition}:ec2:\${AWS::Region}:${resource}`,
      })),
    );
  });

  it('A credential in another region: its key is used by way of Secrets Manager there', async () => {
    const CYBERARK_API_KEY_SECRET_ID = 'arn:aws:secretsmanager:us-east-1:444455556666:secret:conjur-AbCdEf';
    const credential_kms_key_arn = 'arn:aws:kms:us-east-1:444455556666:key/11111111-2222-3333-4444-555555555555';
    const params = { CYBERARK_API_KEY_SECRET_ID, credential_kms_key_arn };
    const [, decrypt] = await statementsOf('CredentialReadPolicy', params);
    expect(decrypt?.Condition?.StringEquals).toEqual({
      'kms:ViaService': [{ 'Fn::Sub': 'secretsmanager.us-east-1.amazonaws.com' }],
    });
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

/** The schedules of Secrets Manager, by the logical id of the secret. */
async function ratesOf(params: Record<string, string>): Promise<Record<string, unknown>> {
  const { Resources } = (await resolveCredentialRotation(resolverContext(params))) as {
    Resources: Record<
      string,
      { Type: string; Properties: { SecretId: unknown; RotationRules: { ScheduleExpression: string } } }
    >;
  };
  return Object.fromEntries(
    Object.entries(Resources)
      .filter(([, { Type }]) => Type === 'AWS::SecretsManager::RotationSchedule')
      .map(([id, { Properties }]) => [id, Properties.RotationRules.ScheduleExpression]),
  );
}

describe("Secrets Manager's rotation", () => {
  it('can be switched off, and refuses what is no expression', async () => {
    expect(await resolveCredentialRotation(resolverContext({ credential_rotation: 'off' }))).toEqual({ Resources: {} });
    for (const credential_rotation of ['often', 'rate(5 minutes)', 'rate(0 days)', 'cron(0 3 * * *)'])
      await expect(resolveCredentialRotation(resolverContext({ credential_rotation }))).rejects.toThrow(
        'rate(30 days)',
      );
  });

  it('is hours apart for the three credentials, also by a cron of your own', async () => {
    expect(await ratesOf({})).toEqual({
      ReadSecretCredentialRotation: 'cron(0 1 1 * ? *)',
      WriteSecretCredentialRotation: 'cron(0 9 1 * ? *)',
      CredentialRotation: 'cron(0 17 1 * ? *)',
    });
    expect(Object.values(await ratesOf({ credential_rotation: 'cron(0 20 ? * SUN *)' }))).toEqual([
      'cron(0 20 ? * SUN *)',
      'cron(0 4 ? * SUN *)',
      'cron(0 12 ? * SUN *)',
    ]);
  });

  it.each([
    ['rate(30 days)', ['cron(0 1 1 * ? *)', 'cron(0 9 1 * ? *)', 'cron(0 17 1 * ? *)']],
    ['rate(90 days)', ['cron(0 1 1 1/3 ? *)', 'cron(0 9 1 1/3 ? *)', 'cron(0 17 1 1/3 ? *)']],
    ['rate(365 days)', ['cron(0 1 1 1 ? *)', 'cron(0 9 1 1 ? *)', 'cron(0 17 1 1 ? *)']],
    ['rate(7 days)', ['cron(0 1 ? * SUN *)', 'cron(0 9 ? * SUN *)', 'cron(0 17 ? * SUN *)']],
    ['rate(1 day)', ['cron(0 1 * * ? *)', 'cron(0 9 * * ? *)', 'cron(0 17 * * ? *)']],
    ['rate(24 hours)', ['cron(0 1 * * ? *)', 'cron(0 9 * * ? *)', 'cron(0 17 * * ? *)']],
    ['rate(12 hours)', ['cron(0 0/12 * * ? *)', 'cron(0 4/12 * * ? *)', 'cron(0 8/12 * * ? *)']],
    ['rate(4 hours)', ['cron(0 0/4 * * ? *)', 'cron(0 1/4 * * ? *)', 'cron(0 2/4 * * ? *)']],
    ['cron(0 2/8 * * ? *)', ['cron(0 2/8 * * ? *)', 'cron(0 4/8 * * ? *)', 'cron(0 6/8 * * ? *)']],
  ])('is hours apart for the three credentials, also by %s', async (credential_rotation, expressions) => {
    const rates = Object.values(await ratesOf({ credential_rotation }));
    expect(rates).toEqual(expressions);
    for (const expression of rates) expect(findExpressionFault(String(expression), 'Secrets Manager')).toBeUndefined();
  });

  it.each(['rate(45 days)', 'rate(5 hours)', 'rate(36 hours)', 'rate(2 days)'])(
    'refuses %s for three, which no cron comes to, and takes it for one',
    async (credential_rotation) => {
      await expect(ratesOf({ credential_rotation })).rejects.toThrow('at the same time');
      const others = {
        read_secret_credential_rotation: 'cron(0 5 1 * ? *)',
        write_secret_credential_rotation: 'rate(10 days)',
      };
      expect(await ratesOf({ credential_rotation, ...others })).toEqual({
        ReadSecretCredentialRotation: 'cron(0 5 1 * ? *)',
        WriteSecretCredentialRotation: 'rate(10 days)',
        CredentialRotation: credential_rotation,
      });
      expect(await ratesOf({ credential_rotation, credential_layout: 'shared' })).toEqual({
        CredentialRotation: credential_rotation,
      });
    },
  );

  it('takes an expression for one credential alone, and checks it', async () => {
    expect(await ratesOf({ write_secret_credential_rotation: 'rate(10 days)' })).toEqual({
      ReadSecretCredentialRotation: 'cron(0 1 1 * ? *)',
      WriteSecretCredentialRotation: 'rate(10 days)',
      CredentialRotation: 'cron(0 13 1 * ? *)',
    });
    await expect(ratesOf({ read_secret_credential_rotation: 'off' })).rejects.toThrow(
      'read_secret_credential_rotation must be an expression',
    );
  });

  it("is on for the stack's own secret, and off for one that was there before, unless it is asked for", async () => {
    expect(await ratesOf({ credential_layout: 'shared' })).toEqual({ CredentialRotation: 'rate(30 days)' });
    expect(await ratesOf({ CYBERARK_API_KEY_SECRET_ID: 'others/credential' })).toEqual({});
    expect(Object.keys(await ratesOf({ read_secret_credential_id: 'others/credential' }))).toEqual([
      'WriteSecretCredentialRotation',
      'CredentialRotation',
    ]);
    expect(await ratesOf({ CYBERARK_API_KEY_SECRET_ID: 'others', credential_rotation: 'rate(7 days)' })).toEqual({
      CredentialRotation: 'rate(7 days)',
    });
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
