import { resolveCredential, toSecretArn } from './credential.ts';
import { type ResolverContext, resolveListParam, resolveParam, resolveSetting } from './resolver-context.ts';
import { resolveRotations } from './rotation-schedules.ts';
import { listScheduledSecrets } from './scheduled-secrets.ts';

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

/** The functions read the credential; rotate-key also replaces it. */
async function credentialPolicies(context: ResolverContext): Promise<Resources> {
  const { kind, secretId } = await resolveCredential(context);
  if (kind === 'none') return {};
  const secret = typeof secretId === 'string' ? toSecretArn(secretId) : secretId;
  const keyArn =
    kind === 'of-the-stack'
      ? { 'Fn::GetAtt': ['CredentialKey', 'Arn'] }
      : await resolveParam(context, 'credential_kms_key_arn');
  const read = ['secretsmanager:GetSecretValue'];
  return {
    CredentialReadPolicy: toPolicy('credential-read', Object.values(ROLES), [
      { Effect: 'Allow', Action: read, Resource: secret },
      ...keyStatement(keyArn, ['kms:Decrypt']),
    ]),
    CredentialRotationPolicy: toPolicy(
      'credential-rotation',
      [ROLES['rotate-key']],
      [{ Effect: 'Allow', Action: REPLACE, Resource: secret }, ...keyStatement(keyArn, ['kms:GenerateDataKey'])],
    ),
  };
}

/** What a rotation does with a secret, beside reading it. */
const REPLACE = [
  'secretsmanager:DescribeSecret',
  'secretsmanager:PutSecretValue',
  'secretsmanager:UpdateSecretVersionStage',
];

/** Credentials that the schedules name are no others' business but rotate-key's. */
async function scheduledSecretsPolicy(context: ResolverContext): Promise<Resources> {
  const secrets = listScheduledSecrets(await resolveRotations(context)).map(toSecretArn);
  if (secrets.length === 0) return {};
  const keyArn = await resolveParam(context, 'credential_kms_key_arn');
  const statements: Statement[] = [
    { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', ...REPLACE], Resource: secrets },
    ...keyStatement(keyArn, ['kms:Decrypt', 'kms:GenerateDataKey']),
  ];
  return { ScheduledSecretsPolicy: toPolicy('scheduled-secrets', [ROLES['rotate-key']], statements) };
}

/** Only through Secrets Manager: the key opens nothing that is fetched in another way. */
function keyStatement(keyArn: unknown, actions: readonly string[]): Statement[] {
  if (keyArn === undefined) return [];
  const via = { 'kms:ViaService': { 'Fn::Sub': `secretsmanager.\${AWS::Region}.amazonaws.com` } };
  return [{ Effect: 'Allow', Action: actions, Resource: keyArn, Condition: { StringEquals: via } }];
}

async function litellmPolicy(context: ResolverContext): Promise<Resources> {
  const id = await resolveSetting(context, 'LITELLM_MASTER_KEY_SECRET_ID');
  if (id === undefined) return {};
  const statements: Statement[] = [
    { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: toSecretArn(id) },
    ...keyStatement(await resolveParam(context, 'litellm_kms_key_arn'), ['kms:Decrypt']),
  ];
  return { LitellmKeyPolicy: toPolicy('litellm-master-key', [ROLES['rotate-key']], statements) };
}

async function eventBusPolicy(context: ResolverContext): Promise<Resources> {
  const bus = await resolveSetting(context, 'ROTATION_EVENT_BUS_NAME');
  if (bus === undefined) return {};
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
  const ownInterfaces = { 'Fn::Sub': `arn:\${AWS::Partition}:ec2:\${AWS::Region}:\${AWS::AccountId}:*/*` };
  const statements: Statement[] = [
    { Effect: 'Allow', Action: manage, Resource: ownInterfaces },
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
