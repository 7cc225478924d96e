import { PROXY_SETTINGS, ROTATION_SETTINGS, SHARED_SETTINGS } from '../stack/setting-names.ts';

/** A parameter of the portable template that stands for one of serverless.yml's, or for a setting of the functions. */
export interface PortableParameter {
  /** Its name in serverless.yml, or the setting's. {@link toParameterName} makes the template's of it. */
  readonly name: string;
  /** What `serverless package` is given, to see where the value ends up. No text of the project holds it by chance. */
  readonly mark: string;
  readonly type: 'String' | 'Number' | 'CommaDelimitedList';
  /** What it is where a user says nothing. Undefined: the user has to say. */
  readonly default: string | undefined;
  /** The value that leaves out what depends on the parameter. Undefined: the parameter always has a value. */
  readonly neutral: string | undefined;
  readonly pattern?: string;
}

/** Settings that the portable template lacks: its layouts, `iam` and `api-key`, decide who the functions are, and TLS is not up to a user. */
const DECIDED: readonly string[] = [
  'CYBERARK_REQUIRE_TLS',
  'CYBERARK_AUTHN',
  'CYBERARK_USERNAME',
  'CYBERARK_API_KEY_SECRET_ID',
  'CYBERARK_AUTHN_JWT_FILE',
  'CYBERARK_AUTHN_TOKEN_FILE',
  'CYBERARK_AUTHN_AZURE_CLIENT_ID',
  'CYBERARK_AUTHN_METADATA_URL',
];

/** The region that variants are packaged for: what names it in the result is the region of whoever deploys. */
export const MARK_REGION = 'ca-west-1';
export const MARK_STAGE = 'markedstage';

const ACCOUNT = '123456789012';
/** With an end, so that none is the beginning of another: CYBERARK_CLIENT_CERT and CYBERARK_CLIENT_CERT_FILE. */
const toMark = (name: string): string => `mark-of-${name.toLowerCase().replaceAll('_', '-')}-end`;
const toArn = (service: string, resource: string): string => `arn:aws:${service}:${MARK_REGION}:${ACCOUNT}:${resource}`;
const toArnPattern = (service: string, resource: string): string =>
  `^$|^arn:[a-z-]+:${service}:[a-z0-9-]*:(\\d{12}|aws):${resource}$`;

/** What differs from a text that may be empty. */
const DETAILS: Readonly<Record<string, Partial<PortableParameter>>> = {
  CYBERARK_API_BASE: {
    mark: 'https://mark-of-cyberark-api-base.example.com',
    default: undefined,
    neutral: undefined,
    pattern: '^https://.+$',
  },
  CYBERARK_READ_API_BASE: { mark: 'https://mark-of-cyberark-read-api-base.example.com' },
  LITELLM_API_BASE: { mark: 'https://mark-of-litellm-api-base.example.com' },
  LITELLM_MASTER_KEY_SECRET_ID: {
    mark: toArn('secretsmanager', 'secret:mark-of-litellm-master-key-AbCdEf'),
    pattern: toArnPattern('secretsmanager', 'secret:.+-[A-Za-z0-9]{6}'),
  },
  ROTATION_EVENT_BUS_NAME: {
    mark: toArn('events', 'event-bus/mark-of-rotation-event-bus'),
    pattern: toArnPattern('events', 'event-bus/.+'),
  },
  CYBERARK_CALLERS: { mark: '[{"direct":true,"names":["mark-of-callers"],"read":true}]', pattern: '^$|^\\[.+\\]$' },
  throttle_rate: { mark: '730001', pattern: '^$|^[1-9]\\d{0,8}$' },
  throttle_burst: { mark: '730002', pattern: '^$|^[1-9]\\d{0,8}$' },
  jwt_issuer: { mark: 'https://mark-of-jwt-issuer.example.com', pattern: '^$|^https://.+$' },
  jwt_audience: { type: 'CommaDelimitedList' },
  jwt_scopes: { type: 'CommaDelimitedList' },
  authorizer_function_arn: {
    mark: toArn('lambda', 'function:mark-of-authorizer'),
    pattern: toArnPattern('lambda', 'function:.+'),
  },
  vpc_subnet_ids: { mark: 'subnet-0a0b0c0d0e0f00001', type: 'CommaDelimitedList' },
  vpc_security_group_ids: { mark: 'sg-0a0b0c0d0e0f00002', type: 'CommaDelimitedList' },
  layer_arns: { mark: toArn('lambda', 'layer:mark-of-layer:730003'), type: 'CommaDelimitedList' },
  log_retention_days: { mark: '1827', type: 'Number', neutral: undefined },
  alarm_topic_arn: { mark: toArn('sns', 'mark-of-alarm-topic'), pattern: toArnPattern('sns', '.+') },
  log_kms_key_arn: {
    mark: toArn('kms', 'key/00000000-0000-4000-8000-000000730004'),
    pattern: toArnPattern('kms', 'key/.+'),
  },
  litellm_kms_key_arn: {
    mark: toArn('kms', 'key/00000000-0000-4000-8000-000000730005'),
    pattern: toArnPattern('kms', 'key/.+'),
  },
  permissions_boundary: {
    mark: `arn:aws:iam::${ACCOUNT}:policy/mark-of-boundary`,
    pattern: toArnPattern('iam', 'policy/.+'),
  },
  role_path: { mark: '/mark-of-role-path/', pattern: '^$|^/([\\w+=,.@-]+/)*$' },
  runbook_url: { mark: 'https://mark-of-runbook.example.com/', pattern: '^$|^https://[^#]+$' },
  caller_account_ids: { mark: '730006730006', pattern: '^$|^\\d{12}$' },
  caller_org_id: { mark: 'o-730007730007', pattern: '^$|^o-[a-z0-9]{10,32}$' },
  credential_rotation: { mark: 'rate(973 days)', pattern: '^$|^off$|^(rate|cron)\\(.+\\)$' },
  read_secret_credential_rotation: { mark: 'rate(971 days)', pattern: '^$|^(rate|cron)\\(.+\\)$' },
  write_secret_credential_rotation: { mark: 'rate(972 days)', pattern: '^$|^(rate|cron)\\(.+\\)$' },
  iam_host_branch: { neutral: undefined },
  rotate_key_concurrency: { mark: '973', neutral: 'off', pattern: '^off$|^[1-9]\\d{0,2}$|^1000$' },
};

/** Parameters of serverless.yml that this template has, beside those that choose a variant. */
const OF_THE_STACK = Object.keys(DETAILS).filter((name) => name === name.toLowerCase());

/**
 * All of them.
 * @param defaults of serverless.yml, by the parameter's name
 */
export function listPortableParameters(defaults: Readonly<Record<string, string>>): PortableParameter[] {
  const settings = [...SHARED_SETTINGS, ...ROTATION_SETTINGS, ...PROXY_SETTINGS].filter(
    (name) => !DECIDED.includes(name),
  );
  return [...settings, ...OF_THE_STACK].map((name) => ({
    name,
    mark: toMark(name),
    type: 'String',
    default: defaults[name] ?? '',
    neutral: '',
    ...DETAILS[name],
  }));
}

/** Names that a resource has already, or that mean less here: an account, where serverless.yml takes a list. */
const RENAMED: Readonly<Record<string, string>> = {
  http_api: 'WithHttpApi',
  credential_rotation: 'CredentialRotationSchedule',
  read_secret_credential_rotation: 'ReadSecretCredentialRotationSchedule',
  write_secret_credential_rotation: 'WriteSecretCredentialRotationSchedule',
  caller_account_ids: 'CallerAccountId',
};

/** `vpc_subnet_ids` becomes `VpcSubnetIds`, and `CYBERARK_API_BASE` `CyberarkApiBase`. */
export function toParameterName(name: string): string {
  const words = name.toLowerCase().split('_');
  return RENAMED[name] ?? words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
