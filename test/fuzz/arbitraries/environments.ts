import fc from 'fast-check';
import { anyText } from './any-text.ts';

const PEM = (label: string): string => `-----BEGIN ${label}-----\nMIIBszCCAVmgAwIBAgIUQ2Fu\n-----END ${label}-----\n`;

const KINDS: Readonly<Record<string, readonly string[]>> = {
  url: [
    'http://127.0.0.1:8080',
    'https://conjur.example/api',
    'http://conjur.internal',
    'ftp://x',
    'https://user:pass@h',
    'https://',
    '//h',
    'localhost:8080',
    'https://h/?a=b',
  ],
  number: ['0', '1', '300', '-1', '1.5', '1e3', '999999999999', '٣', '0x10', 'Infinity', ' 5 '],
  flag: ['true', 'false', '1', '0', 'yes', 'TRUE', ' False ', 'on'],
  text: ['default', 'my account', 'a/b', 'a:b', 'host/app/one', '\ud800', 'ключ', '%', '..'],
  list: ['a,b', ',,', 'group:readers,host:app/one', 'group:', 'a b', 'https://f1.example,https://f2.example'],
  pem: [
    PEM('CERTIFICATE'),
    PEM('PRIVATE KEY'),
    PEM('RSA PRIVATE KEY').replaceAll('\n', '\\n'),
    '/no/such/file.pem',
    '-----BEGIN',
  ],
  mode: ['read_only', 'write_only', 'read_and_write', 'READ_ONLY', 'api-key', 'cert', 'iam', 'jwt', 'oidc'],
};

/** Every variable, and what kind of text it should hold. */
const VARIABLES: Readonly<Record<string, keyof typeof KINDS>> = {
  CYBERARK_API_BASE: 'url',
  CYBERARK_READ_API_BASE: 'list',
  CYBERARK_ACCOUNT: 'text',
  CYBERARK_USERNAME: 'text',
  CYBERARK_API_KEY: 'text',
  CYBERARK_CLIENT_CERT: 'pem',
  CYBERARK_CLIENT_KEY: 'pem',
  CYBERARK_CA_CERT: 'pem',
  CYBERARK_REFRESH_INTERVAL: 'number',
  CYBERARK_SSL_VERIFY: 'flag',
  CYBERARK_REQUIRE_TLS: 'flag',
  CYBERARK_API_KEY_SECRET_ID: 'text',
  CYBERARK_AUTHN: 'mode',
  CYBERARK_AUTHN_SERVICE_ID: 'text',
  CYBERARK_AUTHN_JWT: 'text',
  CYBERARK_AUTHN_JWT_FILE: 'pem',
  CYBERARK_POLICY_BRANCH: 'text',
  CYBERARK_GRANT_READ: 'list',
  CYBERARK_GRANT_WRITE: 'list',
  CYBERARK_ALLOW_DELETE: 'flag',
  CYBERARK_TIMEOUT_MS: 'number',
  CYBERARK_MAX_ATTEMPTS: 'number',
  CYBERARK_SECRET_CACHE_TTL: 'number',
  CYBERARK_SECRET_STALE_IF_ERROR: 'number',
  CYBERARK_ACCESS_MODE: 'mode',
  CYBERARK_HOSTED_KEYS: 'list',
  CYBERARK_STORE_VIRTUAL_KEYS: 'flag',
  CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS: 'text',
  LITELLM_API_BASE: 'url',
  LITELLM_MASTER_KEY: 'text',
  LITELLM_MASTER_KEY_SECRET_ID: 'text',
  CONJUR_APPLIANCE_URL: 'url',
  CONJUR_ACCOUNT: 'text',
  CONJUR_AUTHN_LOGIN: 'text',
  CONJUR_AUTHN_API_KEY: 'text',
  CONJUR_CERT_FILE: 'pem',
  CONJUR_SSL_CERTIFICATE: 'pem',
  AWS_LAMBDA_FUNCTION_NAME: 'text',
};

/** Variables whose values must never be told. */
export const SECRET_VARIABLES: readonly string[] = [
  'CYBERARK_API_KEY',
  'CYBERARK_CLIENT_KEY',
  'CYBERARK_AUTHN_JWT',
  'LITELLM_MASTER_KEY',
  'CONJUR_AUTHN_API_KEY',
];

/** Marks a secret, so that it can be found again wherever it went. */
export const MARK = 'c4n4ry';

function textOf(variable: string, kind: string): fc.Arbitrary<string> {
  if (kind === 'text' && SECRET_VARIABLES.includes(variable)) return anyText(12).map((text) => `${MARK}${text}`);
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...(KINDS[kind] ?? [])) },
    { weight: 1, arbitrary: anyText(12) },
  );
}

const shape = Object.fromEntries(
  Object.entries(VARIABLES).map(([variable, kind]) => [variable, textOf(variable, kind)]),
) as Record<string, fc.Arbitrary<string>>;

const broken: fc.Arbitrary<Record<string, string>> = fc
  .record(shape, { requiredKeys: [] })
  .map((variables) => ({ ...variables }) as Record<string, string>);

/** Few variables, so that settings come out of it, which many random ones hardly ever give. */
const sparse: fc.Arbitrary<Record<string, string>> = fc
  .tuple(fc.subarray(Object.keys(shape), { maxLength: 3 }), fc.record(shape))
  .map(([chosen, all]) => ({
    CYBERARK_API_KEY: `${MARK}-key`,
    ...Object.fromEntries(chosen.map((variable) => [variable, all[variable] as string])),
  }));

export const environment: fc.Arbitrary<Record<string, string>> = fc.oneof(broken, { weight: 3, arbitrary: sparse });
