import { inferAuthenticator } from '../../lib/auth/auth-options.ts';
import { OPTIONS, type OptionName } from '../../lib/options.ts';
import { FUNCTION_NAMES, type FunctionName } from '../build/function-names.ts';
import { type ResolverContext, resolveParam, resolveSetting } from './resolver-context.ts';
import { parseSecretId, type SecretReference } from './secret-id.ts';

/** The parameters that name a secret that was there before, by the function that logs in with it. */
export const CREDENTIAL_PARAMETERS = {
  'read-secret': 'read_secret_credential_id',
  'write-secret': 'write_secret_credential_id',
  'rotate-key': 'rotate_key_credential_id',
} as const satisfies Record<FunctionName, string>;

/** Logical ids of the stack's own secrets. rotate-key's was there before the others, and an id that changes is a secret that is replaced. */
const LOGICAL_IDS = {
  'read-secret': 'ReadSecretCredential',
  'write-secret': 'WriteSecretCredential',
  'rotate-key': 'ConjurCredential',
} as const satisfies Record<FunctionName, string>;

/** A secret of Secrets Manager that holds a Conjur credential. */
export interface Credential {
  /** Of the functions that log in with it; rotate-key rotates it in any case. */
  readonly functionNames: readonly FunctionName[];
  /** In the stack's own secret, or in one that was there before. */
  readonly kind: 'of-the-stack' | 'elsewhere';
  /** For the environment of the functions: an id, an ARN or a reference. */
  readonly secretId: string | Record<string, unknown>;
  readonly reference: SecretReference;
  /** Begins the logical ids of what the stack makes for it: `ConjurCredential`. */
  readonly logicalId: string;
  /** Ends the name of the stack's own secret: `credential`, `credential/read-secret`. */
  readonly name: string;
}

/**
 * `per-function`: each function has a credential of its own, the default for api keys. `shared`: all have one, with the rights of a
 * rotation. `none`: the identity is the role (authn-iam) or a file.
 */
export type CredentialLayout = 'per-function' | 'shared' | 'none';

export interface Credentials {
  readonly layout: CredentialLayout;
  /** With `none`: the one that `CYBERARK_API_KEY_SECRET_ID` names for rotate-key to rotate, if any. */
  readonly secrets: readonly Credential[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Which secrets hold the credentials of the functions: by the authenticator, the parameter `credential_layout`, the parameters of
 * existing secrets, and `CYBERARK_API_KEY_SECRET_ID`, which alone means `shared`.
 * @throws Error where these contradict each other
 */
export async function resolveCredentials(
  context: ResolverContext,
  environment: Environment = process.env,
): Promise<Credentials> {
  const sharedId = await resolveSetting(context, 'CYBERARK_API_KEY_SECRET_ID', environment);
  const authn = await resolveAuthenticator(context, environment);
  const layout = await resolveLayout(context, authn, sharedId);
  if (layout === 'none') return { layout, secrets: sharedId === undefined ? [] : [toShared(['rotate-key'], sharedId)] };
  if (layout === 'shared') return { layout, secrets: [toShared(FUNCTION_NAMES, sharedId)] };
  return { layout, secrets: await Promise.all(FUNCTION_NAMES.map((name) => resolveOwn(context, name))) };
}

/** The credential of a function; undefined where it needs none. */
export function credentialOf({ secrets }: Credentials, functionName: FunctionName): Credential | undefined {
  return secrets.find(({ functionNames }) => functionNames.includes(functionName));
}

async function resolveLayout(
  context: ResolverContext,
  authn: string,
  sharedId: string | undefined,
): Promise<CredentialLayout> {
  const said = await resolveParam(context, 'credential_layout');
  if (said !== undefined && said !== 'per-function' && said !== 'shared')
    throw new Error('The parameter credential_layout must be per-function or shared.');
  const own = await listOwnParameters(context);
  if (authn !== 'api-key') {
    const pointless = [...own, ...(said === undefined ? [] : ['credential_layout'])];
    if (pointless.length === 0) return 'none';
    throw new Error(
      `The parameter ${pointless[0]} is about api keys, and with CYBERARK_AUTHN=${authn} the functions have none. Leave it out.`,
    );
  }
  if ((sharedId !== undefined || said === 'shared') && own.length > 0)
    throw new Error(
      `The parameter ${own[0]} gives a function a secret of its own, and ${sharedId === undefined ? 'credential_layout=shared' : 'CYBERARK_API_KEY_SECRET_ID'} gives all of them one. Keep one of the two.`,
    );
  if (sharedId !== undefined && said === 'per-function')
    throw new Error(
      `With credential_layout=per-function, name the secrets by ${Object.values(CREDENTIAL_PARAMETERS).join(', ')}; CYBERARK_API_KEY_SECRET_ID would be one for all functions.`,
    );
  return sharedId === undefined ? (said ?? 'per-function') : 'shared';
}

async function listOwnParameters(context: ResolverContext): Promise<string[]> {
  const given = await Promise.all(
    Object.values(CREDENTIAL_PARAMETERS).map(async (name) => ({ name, value: await resolveParam(context, name) })),
  );
  return given.filter(({ value }) => value !== undefined).map(({ name }) => name);
}

function toShared(functionNames: readonly FunctionName[], secretId: string | undefined): Credential {
  const place = { functionNames, logicalId: LOGICAL_IDS['rotate-key'], name: 'credential' };
  if (secretId === undefined) return ofTheStack(place);
  const reference = parseSecretId(secretId, 'CYBERARK_API_KEY_SECRET_ID');
  return { ...place, kind: 'elsewhere', secretId, reference };
}

async function resolveOwn(context: ResolverContext, functionName: FunctionName): Promise<Credential> {
  const parameter = CREDENTIAL_PARAMETERS[functionName];
  const secretId = await resolveParam(context, parameter);
  const name = functionName === 'rotate-key' ? 'credential' : `credential/${functionName}`;
  const place = { functionNames: [functionName], logicalId: LOGICAL_IDS[functionName], name };
  if (secretId === undefined) return ofTheStack(place);
  return { ...place, kind: 'elsewhere', secretId, reference: parseSecretId(secretId, `The parameter ${parameter}`) };
}

function ofTheStack(place: Pick<Credential, 'functionNames' | 'logicalId' | 'name'>): Credential {
  const secretId = { Ref: place.logicalId };
  return {
    ...place,
    kind: 'of-the-stack',
    secretId,
    reference: { arn: secretId, region: undefined, account: undefined },
  };
}

/**
 * What `CYBERARK_AUTHN` says, or what the functions would infer from the other settings without the secret of the stack: with that in
 * their environment they would take a client certificate for mutual TLS beside an api key.
 */
export async function resolveAuthenticator(
  context: ResolverContext,
  environment: Environment = process.env,
): Promise<string> {
  const chosen = await resolveSetting(context, OPTIONS['auth.type'].env[0], environment);
  if (chosen !== undefined) return chosen;
  const own = await listOwnParameters(context);
  const given = new Set<OptionName>(own.length > 0 ? ['auth.apiKeySecretId'] : []);
  for (const option of CREDENTIAL_OPTIONS) {
    if ((await resolveSetting(context, OPTIONS[option].env[0], environment)) !== undefined) given.add(option);
  }
  return inferAuthenticator((option) => given.has(option));
}

/** What a deployment may set and an authenticator is inferred from. */
const CREDENTIAL_OPTIONS = [
  'auth.apiKeySecretId',
  'auth.jwtFile',
  'auth.serviceId',
  'tls.clientCert',
] as const satisfies readonly OptionName[];
