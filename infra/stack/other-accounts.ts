import { FUNCTION_NAMES } from '../build/function-names.ts';
import { toLogicalName } from './account-rules.ts';
import { type ResolverContext, resolveListParam, resolveParam } from './resolver-context.ts';

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;
type FunctionName = (typeof FUNCTION_NAMES)[number];

/**
 * Who may call functions directly from other accounts: those of the parameter `caller_account_ids`, and every account of the organisation
 * in `caller_org_id`. A caller there also needs `lambda:InvokeFunction` from its own account. Only the functions of `caller_functions` are
 * opened, read-secret where nothing is said.
 * https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-cross-account.html
 * @throws Error for what is no account, organisation or function
 */
export async function resolveOtherAccounts(context: ResolverContext): Promise<{ Resources: Resources }> {
  const principals = [...(await resolveAccounts(context)), ...(await resolveOrganisation(context))];
  const functions = await resolveFunctions(context);
  const permissions = functions.flatMap((name) =>
    principals.map(([id, principal]) => [`${toLogicalName(name)}CalledBy${id}`, toPermission(name, principal)]),
  );
  return { Resources: Object.fromEntries(permissions) };
}

/** What ends the logical id, and the principal itself. */
type Principal = readonly [id: string, properties: Readonly<Record<string, unknown>>];

async function resolveAccounts(context: ResolverContext): Promise<Principal[]> {
  const accounts = await resolveListParam(context, 'caller_account_ids');
  if (accounts.some((account) => !/^\d{12}$/.test(account)))
    throw new Error('The parameter caller_account_ids must list account ids of twelve digits, separated by commas.');
  return [...new Set(accounts)].map((account) => [`Account${account}`, { Principal: account }]);
}

async function resolveOrganisation(context: ResolverContext): Promise<Principal[]> {
  const id = await resolveParam(context, 'caller_org_id');
  if (id === undefined) return [];
  if (!/^o-[a-z\d]{10,32}$/.test(id))
    throw new Error('The parameter caller_org_id must be an id such as o-a1b2c3d4e5.');
  return [['Organisation', { Principal: '*', PrincipalOrgID: id }]];
}

async function resolveFunctions(context: ResolverContext): Promise<FunctionName[]> {
  const names = await resolveListParam(context, 'caller_functions');
  const known = FUNCTION_NAMES.filter((name) => names.includes(name));
  if (known.length === new Set(names).size) return known.length === 0 ? ['read-secret'] : known;
  throw new Error(
    `The parameter caller_functions must list functions, separated by commas: ${FUNCTION_NAMES.join(', ')}.`,
  );
}

function toPermission(functionName: string, principal: Principal[1]): Resources[string] {
  const FunctionName = { 'Fn::GetAtt': [`${toLogicalName(functionName)}LambdaFunction`, 'Arn'] };
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: { FunctionName, Action: 'lambda:InvokeFunction', ...principal },
  };
}
