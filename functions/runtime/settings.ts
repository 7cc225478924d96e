import { type Environment, type FromEnvOptions, readSettings, readVariables } from '../../lib/env.ts';
import { ConjurError } from '../../lib/errors.ts';
import { findMisspelt } from '../../lib/misspelt-settings.ts';
import { checkValues, Problems, type ValuesOf } from '../../lib/option-values.ts';
import { OPTIONS } from '../../lib/options.ts';
import type { Secret } from '../../lib/secret.ts';
import { isExposed, type Settings } from '../../lib/settings.ts';
import { type CallerRule, parseCallers } from './callers.ts';
import { type ACCESS_MODES, FUNCTION_OPTIONS } from './options.ts';

/** What the environment says to a function: the settings of its Conjur client, and its own. docs/settings.md has the variables. */
export interface FunctionSettings extends Settings {
  /** Default false. */
  readonly allowDelete: boolean;
  readonly keyManagement: KeyManagementSettings;
  /** Who may do what with which names; undefined: whoever may call may do everything. */
  readonly callers: readonly CallerRule[] | undefined;
  readonly litellm: LitellmSettings;
  /** Whether the stack's own credentials may be rotated by a call over HTTP. Default false. */
  readonly rotateCredentialsOverHttp: boolean;
  /** Name or ARN of the EventBridge bus that is told of rotations; undefined: none is. */
  readonly rotationEventBus: string | undefined;
  /** Secrets Manager id or ARN of the credential that rotate-key rotates where a call names none. */
  readonly credentialSecretId: string | undefined;
}

/** LiteLLM's `key_management_settings`, in its names and with its meaning. */
export interface KeyManagementSettings {
  /** Default `read_and_write`. */
  readonly accessMode: AccessMode;
  /** Names that may be asked for; undefined: all. */
  readonly hostedKeys: ReadonlySet<string> | undefined;
  /** Default false: virtual keys are refused. */
  readonly storeVirtualKeys: boolean;
  /** Default `litellm/`; always ends with a slash. */
  readonly prefixForStoredVirtualKeys: string;
}

export type AccessMode = (typeof ACCESS_MODES)[number];

/** The LiteLLM whose virtual keys are rotated. */
export interface LitellmSettings {
  readonly baseUrl: URL | undefined;
  readonly masterKey: Secret | undefined;
  /** Secrets Manager id or ARN of the master key. */
  readonly masterKeySecretId: string | undefined;
}

export interface ParsedFunctionSettings {
  readonly settings: FunctionSettings;
  /** The same without the function's own: what its Conjur client is made with. */
  readonly client: Settings;
  /** What an operator should know, to be logged once. */
  readonly warnings: readonly string[];
}

/**
 * Turns the environment of a function into settings.
 * @throws ConjurError `config_invalid`, which names every variable that is wrong, and never a value
 */
export function parseFunctionSettings(
  environment: Environment,
  { readFile }: Pick<FromEnvOptions, 'readFile'> = {},
): ParsedFunctionSettings {
  const problems = new Problems();
  const client = readSettings(environment, problems, { readFile, remoteNeedsTls: isDeployed(environment) });
  const { given, nameOf } = readVariables(environment, FUNCTION_OPTIONS, problems, readFile);
  const values = checkValues(FUNCTION_OPTIONS, given, nameOf, problems);
  const callers = readCallers(values.callers, problems);
  const keyManagement = readKeyManagement(environment, values, problems);
  assertNoProblems(problems);
  const settings: FunctionSettings = {
    ...client.settings,
    allowDelete: values.allowDelete,
    keyManagement,
    callers,
    litellm: {
      baseUrl: values['litellm.baseUrl'],
      masterKey: values['litellm.masterKey'],
      masterKeySecretId: values['litellm.masterKeySecretId'],
    },
    rotateCredentialsOverHttp: values.rotateCredentialsOverHttp,
    rotationEventBus: values.rotationEventBus,
    credentialSecretId: values.credentialSecretId,
  };
  const warnings = [...client.warnings, ...warnOfPlainLitellm(settings.litellm), ...findMisspeltSettings(environment)];
  return { settings, client: client.settings, warnings };
}

/**
 * What {@link parseFunctionSettings} says of the key management alone, for who checks a call before there is a function.
 * @throws ConjurError `config_invalid`
 */
export function parseKeyManagement(environment: Environment): KeyManagementSettings {
  const problems = new Problems();
  const { given, nameOf } = readVariables(environment, FUNCTION_OPTIONS, problems);
  const values = checkValues(FUNCTION_OPTIONS, given, nameOf, problems);
  const keyManagement = readKeyManagement(environment, values, problems);
  assertNoProblems(problems);
  return keyManagement;
}

function readKeyManagement(
  environment: Environment,
  values: ValuesOf<typeof FUNCTION_OPTIONS>,
  problems: Problems,
): KeyManagementSettings {
  const prefix = values['keyManagement.prefixForStoredVirtualKeys'];
  return {
    accessMode: values['keyManagement.accessMode'],
    hostedKeys: readHostedKeys(environment.CYBERARK_HOSTED_KEYS, values['keyManagement.hostedKeys'], problems),
    storeVirtualKeys: values['keyManagement.storeVirtualKeys'],
    // As in LiteLLM.
    prefixForStoredVirtualKeys: prefix.endsWith('/') ? prefix : `${prefix}/`,
  };
}

/**
 * Variables that look like a setting of the functions and are none.
 * @example findMisspeltSettings({ CYBERARK_ALOW_DELETE: 'true' })
 * // ['CYBERARK_ALOW_DELETE is not a setting. Did you mean CYBERARK_ALLOW_DELETE?']
 */
export function findMisspeltSettings(environment: Environment): string[] {
  return findMisspelt(environment, [OPTIONS, FUNCTION_OPTIONS]);
}

function readCallers(text: string | undefined, problems: Problems): readonly CallerRule[] | undefined {
  try {
    return text === undefined ? undefined : parseCallers(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.add('CYBERARK_CALLERS', error.message);
    return undefined;
  }
}

/** A list that is set and names nothing hosts nothing: whoever limits what may be asked for must not open everything by a slip. */
function readHostedKeys(
  text: string | undefined,
  names: readonly string[],
  problems: Problems,
): ReadonlySet<string> | undefined {
  if (text === undefined) return undefined;
  if (!text.trimStart().startsWith('[')) return new Set(names);
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((name): name is string => typeof name === 'string'))
      return new Set(list.map((name) => name.trim()).filter((name) => name !== ''));
  } catch {
    // The parser's message would quote the value.
  }
  problems.add('CYBERARK_HOSTED_KEYS', 'must be names separated by commas, or a JSON list of them');
  return undefined;
}

/** A function that is deployed has a network between it and Conjur; one that runs on a developer's machine says so. */
function isDeployed(environment: Environment): boolean {
  return Boolean(environment.AWS_LAMBDA_FUNCTION_NAME?.trim()) && !environment.IS_OFFLINE?.trim();
}

function assertNoProblems({ list }: Problems): void {
  if (list.length === 0) return;
  throw new ConjurError(
    'config_invalid',
    `The settings cannot be used: ${list.join('; ')}. Correct the function's environment.`,
  );
}

/** `CYBERARK_REQUIRE_TLS` is about Conjur, and a proxy inside a VPC often speaks http: so this is said, and not refused. */
function warnOfPlainLitellm({ baseUrl }: LitellmSettings): string[] {
  if (baseUrl === undefined || !isExposed(baseUrl)) return [];
  return ['LITELLM_API_BASE is plain http to another host: the master key and virtual keys travel unencrypted.'];
}
