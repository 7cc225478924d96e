/** Parameters of a stack, by what they are about. */
export interface ParameterSet {
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly stage?: string;
  readonly region?: string;
  /** What stands in the place of `custom.rotations`, as YAML of one line. */
  readonly rotations?: string;
}

const ACCOUNT = '123456789012';
const BASE = { CYBERARK_API_BASE: 'https://conjur.example.com/api', CYBERARK_ACCOUNT: 'acme' };
const API_KEY = { ...BASE, CYBERARK_AUTHN: 'api-key' };
const IAM = { ...BASE, CYBERARK_AUTHN: 'iam', CYBERARK_AUTHN_SERVICE_ID: 'aws' };
const VPC = {
  vpc_subnet_ids: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  vpc_security_group_ids: 'sg-0123456789abcdef0',
};
const JWT = {
  authorizer: 'jwt',
  jwt_issuer: 'https://issuer.example.com',
  jwt_audience: 'one, two',
  jwt_scopes: 'read',
};
const LAMBDA = {
  authorizer: 'lambda',
  authorizer_function_arn: `arn:aws:lambda:eu-central-1:${ACCOUNT}:function:decides`,
};
const LITELLM = { LITELLM_API_BASE: 'https://litellm.example.com', LITELLM_MASTER_KEY_SECRET_ID: 'litellm/master-key' };
const KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;
const FOREIGN = 'arn:aws:secretsmanager:us-east-1:444455556666:secret:conjur-AbCdEf';
const FOREIGN_KEY = 'arn:aws:kms:us-east-1:444455556666:key/11111111-2222-3333-4444-555555555555';

const RANDOM = '{ name: app/db/password, strategy: random, rate: rate(30 days) }';
const VIRTUAL_KEY =
  "{ name: litellm/team-a, strategy: litellm-virtual-key, rate: 'cron(0 3 1 * ? *)', timezone: Europe/Berlin }";

/** What people deploy, and each parameter at least once. */
export const PARAMETER_SETS: readonly ParameterSet[] = [
  { name: 'defaults', params: {} },
  { name: 'api keys, a credential for each function', params: API_KEY },
  { name: 'api keys, one credential', params: { ...API_KEY, credential_layout: 'shared' } },
  { name: 'roles', params: IAM },
  { name: 'roles with the names of before', params: { ...IAM, role_names: 'without-region' } },
  { name: 'roles in a branch of their own', params: { ...IAM, iam_host_branch: 'apps/functions' } },
  {
    name: 'a JWT from a layer',
    params: {
      ...BASE,
      CYBERARK_AUTHN: 'jwt',
      CYBERARK_AUTHN_SERVICE_ID: 'idp',
      CYBERARK_AUTHN_JWT_FILE: '/opt/token',
      layer_arns: `arn:aws:lambda:eu-central-1:${ACCOUNT}:layer:token:1`,
    },
  },
  {
    name: 'a client certificate from a layer',
    params: {
      ...BASE,
      CYBERARK_CLIENT_CERT: '/opt/c.pem',
      CYBERARK_CLIENT_KEY: '/opt/c.key',
      layer_arns: `arn:aws:lambda:eu-central-1:${ACCOUNT}:layer:pem:3`,
    },
  },
  {
    name: 'one secret that was there before',
    params: { ...BASE, CYBERARK_API_KEY_SECRET_ID: 'conjur/credential', credential_kms_key_arn: KEY },
  },
  {
    name: 'a secret of another region and account',
    params: { ...BASE, CYBERARK_API_KEY_SECRET_ID: FOREIGN, credential_kms_key_arn: FOREIGN_KEY },
  },
  {
    name: 'one secret that was there before, rotated',
    params: { ...BASE, CYBERARK_API_KEY_SECRET_ID: 'conjur/credential', credential_rotation: 'rate(7 days)' },
  },
  { name: 'a secret of before for one function', params: { ...API_KEY, read_secret_credential_id: 'conjur/read' } },
  {
    name: 'secrets of before for all functions',
    params: {
      ...API_KEY,
      read_secret_credential_id: 'a',
      write_secret_credential_id: 'b',
      rotate_key_credential_id: 'c',
    },
  },
  { name: 'rotation by cron', params: { ...API_KEY, credential_rotation: 'cron(0 20 ? * SUN *)' } },
  { name: 'rotation by rate', params: { ...API_KEY, credential_rotation: 'rate(90 days)' } },
  {
    name: 'rotations of their own',
    params: {
      ...API_KEY,
      credential_rotation: 'rate(45 days)',
      read_secret_credential_rotation: 'rate(12 hours)',
      write_secret_credential_rotation: 'cron(0 9 15 * ? *)',
    },
  },
  { name: 'rotation off', params: { ...API_KEY, credential_rotation: 'off' } },
  { name: 'JWT callers', params: { ...API_KEY, ...JWT } },
  { name: 'a Lambda authorizer', params: { ...IAM, ...LAMBDA } },
  { name: 'no HTTP API', params: { ...IAM, http_api: 'off' } },
  { name: 'throttling', params: { ...API_KEY, throttle_rate: '50', throttle_burst: '100' } },
  { name: 'a VPC with tracing', params: { ...API_KEY, ...VPC, tracing: 'true' } },
  {
    name: 'an account with rules',
    params: {
      ...IAM,
      permissions_boundary: `arn:aws:iam::${ACCOUNT}:policy/boundary`,
      role_path: '/teams/secrets/',
      log_kms_key_arn: KEY,
      stack_tags: 'team=payments,cost-center=42',
    },
  },
  {
    name: 'callers of other accounts',
    params: { ...IAM, caller_account_ids: '444455556666,777788889999', caller_functions: 'read-secret,write-secret' },
  },
  { name: 'callers of an organisation', params: { ...IAM, caller_org_id: 'o-abcdefghij' } },
  {
    name: 'alarms that tell a topic',
    params: {
      ...API_KEY,
      alarm_topic_arn: `arn:aws:sns:eu-central-1:${ACCOUNT}:alarms`,
      runbook_url: 'https://wiki.example.com/conjur',
      max_key_age_days: '90',
    },
  },
  { name: 'no heartbeat', params: { ...IAM, heartbeat: 'off' } },
  {
    name: 'rotations',
    params: {
      ...API_KEY,
      ...LITELLM,
      ROTATION_EVENT_BUS_NAME: 'rotations',
      litellm_kms_key_arn: KEY,
      rotate_key_concurrency: '5',
    },
    rotations: `[${RANDOM}, ${VIRTUAL_KEY}]`,
  },
  {
    name: 'rotations of other credentials',
    params: IAM,
    rotations:
      '[{ strategy: conjur-api-key, secret_id: others/credential, rate: rate(7 days) }, { key_age: { secret_id: third/credential }, rate: rate(1 day) }]',
  },
  {
    name: 'proxies and variables',
    params: {
      ...API_KEY,
      HTTPS_PROXY: 'http://proxy.internal:3128',
      NO_PROXY: '.internal',
      environment_NODE_EXTRA_CA_CERTS: '/opt/company.pem',
      environment_OTEL_SERVICE_NAME: 'conjur',
    },
  },
  { name: 'another region, a long stage', params: API_KEY, region: 'ap-southeast-1', stage: 'a-stage-of-19-chars' },
  { name: 'China', params: IAM, region: 'cn-northwest-1', stage: 'prod' },
  {
    name: 'everything',
    params: {
      ...API_KEY,
      ...JWT,
      ...VPC,
      ...LITELLM,
      tracing: 'true',
      throttle_rate: '50',
      throttle_burst: '100',
      ROTATION_EVENT_BUS_NAME: 'rotations',
      alarm_topic_arn: `arn:aws:sns:eu-central-1:${ACCOUNT}:alarms`,
      caller_account_ids: '444455556666',
      log_kms_key_arn: KEY,
      role_path: '/teams/',
      log_retention_days: '365',
      CYBERARK_ALLOW_DELETE: 'true',
      CYBERARK_READ_API_BASE: 'https://follower.example.com',
    },
    rotations: `[${RANDOM}]`,
  },
];
