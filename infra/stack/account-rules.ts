import { FUNCTION_NAMES } from '../build/function-names.ts';
import { assertOwnRegion } from './region.ts';
import { type ResolverContext, resolveParam } from './resolver-context.ts';
import { hasHttpApi } from './routes.ts';

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

/** Logical ids of all roles in roles.yml. */
const ROLES = ['ReadSecretRole', 'WriteSecretRole', 'RotateKeyRole', 'SchedulerRole'];

/**
 * What many accounts ask of every stack: roles with a boundary (the parameter `permissions_boundary`) and below a path (`role_path`), log
 * groups under a key of the account (`log_kms_key_arn`).
 * @throws Error for a value that AWS would refuse halfway through a deployment
 */
export async function resolveAccountRules(context: ResolverContext): Promise<{ Resources: Resources }> {
  const roleRules = {
    ...toProperty('PermissionsBoundary', await resolveBoundary(context)),
    ...toProperty('Path', await resolveRolePath(context)),
  };
  const logRules = toProperty('KmsKeyId', await resolveLogKey(context));
  const groups = Object.keys(logRules).length === 0 ? [] : await listLogGroups(context);
  const roles = Object.keys(roleRules).length === 0 ? [] : ROLES;
  return {
    Resources: Object.fromEntries([
      ...roles.map((id) => [id, { Type: 'AWS::IAM::Role', Properties: roleRules }]),
      ...groups.map((id) => [id, { Type: 'AWS::Logs::LogGroup', Properties: logRules }]),
    ]),
  };
}

async function listLogGroups(context: ResolverContext): Promise<string[]> {
  const ofFunctions = FUNCTION_NAMES.map((name) => `${toLogicalName(name)}LogGroup`);
  return (await hasHttpApi(context)) ? [...ofFunctions, 'HttpApiLogGroup'] : ofFunctions;
}

/** What a logical id that serverless makes begins with: `ReadDashsecret` for `read-secret`. */
export function toLogicalName(functionName: string): string {
  return functionName.charAt(0).toUpperCase() + functionName.slice(1).replaceAll('-', 'Dash');
}

function toProperty(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}

async function resolveBoundary(context: ResolverContext): Promise<string | undefined> {
  const arn = await resolveParam(context, 'permissions_boundary');
  if (arn === undefined || /^arn:[\w-]+:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]+$/.test(arn)) return arn;
  throw new Error(
    'The parameter permissions_boundary must be the ARN of a managed policy: arn:aws:iam::<account>:policy/<name>.',
  );
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html: 512 characters at most. */
async function resolveRolePath(context: ResolverContext): Promise<string | undefined> {
  const path = await resolveParam(context, 'role_path');
  if (path === undefined || (/^\/(?:[\w+=,.@-]+\/){0,64}$/.test(path) && path.length <= 512)) return path;
  throw new Error('The parameter role_path must begin and end with a slash, such as /teams/secrets/.');
}

/** CloudWatch Logs takes no alias. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
async function resolveLogKey(context: ResolverContext): Promise<string | undefined> {
  const arn = await resolveParam(context, 'log_kms_key_arn');
  if (arn === undefined) return undefined;
  if (/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/.test(arn)) {
    await assertOwnRegion(context, arn, 'log_kms_key_arn');
    return arn;
  }
  throw new Error(
    'The parameter log_kms_key_arn must be the ARN of a key, not of an alias: arn:aws:kms:<region>:<account>:key/<id>.',
  );
}
