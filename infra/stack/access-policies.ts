import { type Credential, type Credentials, resolveCredentials } from './credential.ts';
import { resolveRotatedCredentials } from './credential-rotation.ts';
import { assertOwnRegion } from './region.ts';
import { type ResolverContext, resolveListParam, resolveParam, resolveSetting } from './resolver-context.ts';
import { resolveRotations } from './rotation-schedules.ts';
import { listScheduledSecrets, needsOwnCredential, rotatesCredential } from './scheduled-secrets.ts';
import { parseKeyArn, parseSecretId, type SecretReference } from './secret-id.ts';

/** Logical ids of the functions' roles in roles.yml. */
const ROLES = { 'read-secret': 'ReadSecretRole', 'write-secret': 'WriteSecretRole', 'rotate-key': 'RotateKeyRole' };

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

/**
 * What the roles of roles.yml may do beyond writing their logs, as policies of their own: which of them are needed depends on the
 * parameters.
 */
export async function resolveAccessPolicies(context: ResolverContext): Promise<{ Resources: Resources }> {
  return {
    Resources: {
      ...(await credentialPolicies(context)),
      ...(await scheduledSecretsPolicy(context)),
      ...(await litellmPolicy(context)),
      ...(await eventBusPolicy(context)),
      ...(await vpcPolicy(context)),
      ...(await tracingPolicy(context)),
    },
  };
}

/**
 * `dependsOn` of the functions. Lambda makes no function in a VPC, and none with tracing, whose role lacks the rights for that, and
 * CloudFormation would make function and policy side by side.
 */
export async function resolvePolicyDependencies(context: ResolverContext): Promise<string[]> {
  return Object.keys({ ...(await vpcPolicy(context)), ...(await tracingPolicy(context)) });
}

/** Each function reads its own credential; rotate-key also reads and replaces those that it rotates. */
async function credentialPolicies(context: ResolverContext): Promise<Resources> {
  const credentials = await resolveCredentials(context);
  const replaced = await listReplaced(context, credentials.secrets);
  return {
    ...(await readPolicies(context, credentials)),
    ...(replaced.length === 0
      ? {}
      : {
          CredentialRotationPolicy: toPolicy(
            'credential-rotation',
            [ROLES['rotate-key']],
            await secretStatements(context, replaced, REPLACE),
          ),
        }),
  };
}

async function readPolicies(context: ResolverContext, { layout, secrets }: Credentials): Promise<Resources> {
  const policies = secrets.map(async (credential): Promise<[string, Resources[string]]> => {
    const { functionNames, logicalId, name } = credential;
    const roles = functionNames.map((functionName) => ROLES[functionName]);
    // rotate-key's is the one that was there before; its policy keeps its id in the layout that all functions share it in.
    const id = layout === 'per-function' ? `${logicalId}ReadPolicy` : 'CredentialReadPolicy';
    return [id, toPolicy(`${name.replace('/', '-')}-read`, roles, await secretStatements(context, [credential], LOOK))];
  });
  return Object.fromEntries(await Promise.all(policies));
}

/** The stack's own; another one only where its rotation was asked for, by Secrets Manager or by a schedule. */
async function listReplaced(context: ResolverContext, secrets: readonly Credential[]): Promise<Credential[]> {
  const rotated = new Set((await resolveRotatedCredentials(context)).map(({ credential }) => credential.logicalId));
  const scheduled = (await resolveRotations(context)).some(
    (rotation) => rotatesCredential(rotation) && needsOwnCredential(rotation),
  );
  return secrets.filter(
    ({ kind, logicalId, functionNames }) =>
      kind === 'of-the-stack' || rotated.has(logicalId) || (scheduled && functionNames.includes('rotate-key')),
  );
}

interface SecretRights {
  readonly secrets: readonly string[];
  readonly key: readonly string[];
}

/** What a rotation does with a secret, and with its key. */
const REPLACE: SecretRights = {
  secrets: [
    'secretsmanager:GetSecretValue',
    'secretsmanager:DescribeSecret',
    'secretsmanager:PutSecretValue',
    'secretsmanager:UpdateSecretVersionStage',
  ],
  key: ['kms:Decrypt', 'kms:GenerateDataKey'],
};
const LOOK: SecretRights = { secrets: ['secretsmanager:GetSecretValue'], key: ['kms:Decrypt'] };

type NamedSecret = Pick<Credential, 'kind' | 'reference'>;

/** Secrets that the schedules name are no others' business but rotate-key's; one that is only looked at is not written to. */
async function scheduledSecretsPolicy(context: ResolverContext): Promise<Resources> {
  const { looked, rotated } = listScheduledSecrets(await resolveRotations(context));
  const toSecrets = (ids: readonly string[]): NamedSecret[] =>
    ids.map((id) => ({
      kind: 'elsewhere',
      reference: parseSecretId(id, 'The secret of an entry of custom.rotations'),
    }));
  const statements = [
    ...(await secretStatements(context, toSecrets(rotated), REPLACE)),
    ...(await secretStatements(context, toSecrets(looked), LOOK)),
  ];
  if (statements.length === 0) return {};
  return { ScheduledSecretsPolicy: toPolicy('scheduled-secrets', [ROLES['rotate-key']], statements) };
}

/** Rights on secrets, and on the keys that encrypt them. */
async function secretStatements(
  context: ResolverContext,
  secrets: readonly NamedSecret[],
  { secrets: actions, key }: SecretRights,
): Promise<Statement[]> {
  if (secrets.length === 0) return [];
  const arns = secrets.map(({ reference }) => reference.arn);
  const keysOf = async (kind: NamedSecret['kind']): Promise<unknown[]> =>
    kind === 'of-the-stack'
      ? [{ 'Fn::GetAtt': ['CredentialKey', 'Arn'] }]
      : resolveKeyArns(context, 'credential_kms_key_arn');
  const keyStatements = (['of-the-stack', 'elsewhere'] as const).map(async (kind) =>
    keyStatement(
      await keysOf(kind),
      key,
      secrets.filter((secret) => secret.kind === kind).map(({ reference }) => reference),
    ),
  );
  return [{ Effect: 'Allow', Action: actions, Resource: arns }, ...(await Promise.all(keyStatements)).flat()];
}

async function resolveKeyArns(context: ResolverContext, parameter: string): Promise<string[]> {
  const arns = await resolveListParam(context, parameter);
  return arns.map((arn) => parseKeyArn(arn, `The parameter ${parameter}`));
}

/** Only through Secrets Manager, and for these secrets: the key opens nothing else, and nothing that is fetched in another way. */
function keyStatement(
  keyArns: readonly unknown[],
  actions: readonly string[],
  references: readonly SecretReference[],
): Statement[] {
  if (keyArns.length === 0 || references.length === 0) return [];
  const regions = [...new Set(references.map(({ region }) => region ?? `\${AWS::Region}`))];
  const Condition = {
    StringEquals: {
      'kms:ViaService': regions.map((region) => ({ 'Fn::Sub': `secretsmanager.${region}.amazonaws.com` })),
    },
    StringLike: { 'kms:EncryptionContext:SecretARN': references.map(({ arn }) => arn) },
  };
  return [{ Effect: 'Allow', Action: actions, Resource: keyArns, Condition }];
}

async function litellmPolicy(context: ResolverContext): Promise<Resources> {
  const id = await resolveSetting(context, 'LITELLM_MASTER_KEY_SECRET_ID');
  if (id === undefined) return {};
  const reference = parseSecretId(id, 'LITELLM_MASTER_KEY_SECRET_ID');
  const statements: Statement[] = [
    { Effect: 'Allow', Action: LOOK.secrets, Resource: [reference.arn] },
    ...keyStatement(await resolveKeyArns(context, 'litellm_kms_key_arn'), LOOK.key, [reference]),
  ];
  return { LitellmKeyPolicy: toPolicy('litellm-master-key', [ROLES['rotate-key']], statements) };
}

async function eventBusPolicy(context: ResolverContext): Promise<Resources> {
  const bus = await resolveSetting(context, 'ROTATION_EVENT_BUS_NAME');
  if (bus === undefined) return {};
  if (bus.startsWith('arn:')) await assertOwnRegion(context, bus, 'ROTATION_EVENT_BUS_NAME');
  const arn = bus.startsWith('arn:')
    ? bus
    : { 'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/${bus}` };
  const statements: Statement[] = [{ Effect: 'Allow', Action: ['events:PutEvents'], Resource: arn }];
  return { RotationEventPolicy: toPolicy('rotation-events', [ROLES['rotate-key']], statements) };
}

/**
 * The network interfaces of functions in a VPC. Lambda uses these rights; the function's own code is denied them.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
async function vpcPolicy(context: ResolverContext): Promise<Resources> {
  if ((await resolveListParam(context, 'vpc_subnet_ids')).length === 0) return {};
  // Subnets and groups may be another account's, shared by AWS RAM.
  const shared = ['subnet', 'security-group'].map((kind) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:ec2:\${AWS::Region}:*:${kind}/*`,
  }));
  const ownInterfaces = {
    'Fn::Sub': `arn:\${AWS::Partition}:ec2:\${AWS::Region}:\${AWS::AccountId}:network-interface/*`,
  };
  const manage = [
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  // AWS takes no narrower resource for these two.
  const look = ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'];
  const prefix = `${await context.resolveVariable('self:service')}-${await context.resolveVariable('sls:stage')}`;
  const functions = {
    'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${prefix}-*`,
  };
  const statements: Statement[] = [
    { Effect: 'Allow', Action: manage, Resource: [ownInterfaces, ...shared] },
    { Effect: 'Allow', Action: look, Resource: '*' },
    {
      Effect: 'Deny',
      Action: [...manage, ...look],
      Resource: '*',
      Condition: { ArnLike: { 'lambda:SourceFunctionArn': functions } },
    },
  ];
  return { VpcPolicy: toPolicy('vpc', Object.values(ROLES), statements) };
}

/** X-Ray takes no resource for these. */
async function tracingPolicy(context: ResolverContext): Promise<Resources> {
  if ((await resolveParam(context, 'tracing')) !== 'true') return {};
  const actions = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];
  return {
    TracingPolicy: toPolicy('tracing', Object.values(ROLES), [{ Effect: 'Allow', Action: actions, Resource: '*' }]),
  };
}

function toPolicy(name: string, roles: readonly string[], statements: readonly Statement[]): Resources[string] {
  return {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: name,
      Roles: roles.map((role) => ({ Ref: role })),
      PolicyDocument: { Version: '2012-10-17', Statement: statements },
    },
  };
}
