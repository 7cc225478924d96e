import type { Condition } from './conditions.ts';
import type { PortableParameter } from './portable-parameters.ts';

/** A way to package the stack that parameters choose between, and what to give `serverless package` for it. */
export interface VariantPlan {
  /** Names the variant and its condition. */
  readonly condition: string;
  /** Undefined: each optional parameter has a condition of its own, which says that it is set. */
  readonly definition?: Condition;
  /** The variant that this one goes on from, where that is not the base. */
  readonly refines?: string;
  readonly args: Readonly<Record<string, string>>;
  /** Parameters whose marks it is given. */
  readonly marks: readonly string[];
}

/** Parameters that choose a variant: values, the first of them without a variant. */
export const CHOICES: Readonly<Record<string, { readonly values: readonly string[]; readonly default?: string }>> = {
  CYBERARK_AUTHN: { values: ['api-key', 'iam'] },
  http_api: { values: ['on', 'off'], default: 'on' },
  authorizer: { values: ['iam', 'jwt', 'lambda'], default: 'iam' },
  tracing: { values: ['false', 'true'], default: 'false' },
  heartbeat: { values: ['rate(5 minutes)', 'off'], default: 'rate(5 minutes)' },
};

const LITELLM_SECRET = 'LITELLM_MASTER_KEY_SECRET_ID';

const equals = (parameter: string, value: string): Condition => ({ 'Fn::Equals': [{ Ref: parameter }, value] });

/** Of a list. */
const isSet = (parameter: string): Condition => ({
  'Fn::Not': [{ 'Fn::Equals': [{ 'Fn::Join': ['', { Ref: parameter }] }, ''] }],
});

/** The base holds where no condition does. */
export const BASE_ARGS = {
  CYBERARK_AUTHN: 'api-key',
  http_api: 'on',
  authorizer: 'iam',
  tracing: 'false',
  heartbeat: 'rate(5 minutes)',
};

/** Marks of these are given to a variant of their own: without it, what they are for is not there. */
export const VARIANTS: readonly VariantPlan[] = [
  {
    condition: 'UsesIam',
    definition: equals('CyberarkAuthn', 'iam'),
    args: { CYBERARK_AUTHN: 'iam' },
    marks: ['CYBERARK_AUTHN_SERVICE_ID'],
  },
  { condition: 'WithoutHttpApi', definition: equals('WithHttpApi', 'off'), args: { http_api: 'off' }, marks: [] },
  {
    condition: 'UsesJwt',
    definition: equals('Authorizer', 'jwt'),
    args: { authorizer: 'jwt' },
    marks: ['jwt_issuer', 'jwt_audience'],
  },
  {
    condition: 'HasJwtScopes',
    definition: { 'Fn::And': [{ Condition: 'UsesJwt' }, isSet('JwtScopes')] },
    refines: 'UsesJwt',
    args: { authorizer: 'jwt' },
    marks: ['jwt_issuer', 'jwt_audience', 'jwt_scopes'],
  },
  {
    condition: 'UsesAuthorizerFunction',
    definition: equals('Authorizer', 'lambda'),
    args: { authorizer: 'lambda' },
    marks: ['authorizer_function_arn'],
  },
  { condition: 'IsTraced', definition: equals('Tracing', 'true'), args: { tracing: 'true' }, marks: [] },
  { condition: 'WithoutHeartbeat', definition: equals('Heartbeat', 'off'), args: { heartbeat: 'off' }, marks: [] },
  {
    condition: 'IsInVpc',
    definition: isSet('VpcSubnetIds'),
    args: {},
    marks: ['vpc_subnet_ids', 'vpc_security_group_ids'],
  },
  {
    condition: 'WithoutCredentialRotation',
    definition: equals('CredentialRotationSchedule', 'off'),
    args: { credential_rotation: 'off' },
    marks: [],
  },
  // Not beside callers of other accounts.
  { condition: 'HasCyberarkCallers', args: {}, marks: ['CYBERARK_CALLERS'] },
  // Set by the optional variant too, beside the key that the secret is encrypted with.
  { condition: 'HasLitellmMasterKeySecretId', args: {}, marks: [LITELLM_SECRET] },
];

/** Names the variant of all optional parameters; no condition has this name. */
export const OPTIONAL = 'Optional';

/** The variant that sets all the other optional parameters. */
export function toOptionalVariant(parameters: readonly PortableParameter[]): VariantPlan {
  const elsewhere = new Set(VARIANTS.flatMap(({ marks }) => marks).filter((name) => name !== LITELLM_SECRET));
  const optional = parameters.filter(({ name, neutral }) => neutral !== undefined && !elsewhere.has(name));
  return {
    condition: OPTIONAL,
    refines: 'HasLitellmMasterKeySecretId',
    args: {},
    marks: optional.map(({ name }) => name),
  };
}
