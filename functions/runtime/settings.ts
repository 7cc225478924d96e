import { isExposed, type ParseSettingsOptions, readSettings } from '../../lib/env.ts';
import { type Environment, EnvironmentReader } from '../../lib/environment-reader.ts';
import { parseVariableName } from '../../lib/names.ts';
import type { Settings } from '../../lib/options.ts';
import { Secret } from '../../lib/secret.ts';

/** What the environment says to a function: the settings of its Conjur client, and its own. docs/settings.md has the variables. */
export interface FunctionSettings extends Settings {
  /** Default false. */
  readonly allowDelete: boolean;
  readonly keyManagement: KeyManagementSettings;
  readonly litellm: LitellmSettings;
  /** Name or ARN of the EventBridge bus that is told of rotations; undefined: none is. */
  readonly rotationEventBus: string | undefined;
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

export const ACCESS_MODES = ['read_only', 'write_only', 'read_and_write'] as const;

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
  /** What an operator should know, to be logged once. */
  readonly warnings: readonly string[];
}

/**
 * Turns the environment of a function into settings.
 * @throws ConjurError `config_invalid`, which names every variable that is wrong, and never a value
 */
export function parseFunctionSettings(
  environment: Environment,
  options: ParseSettingsOptions = {},
): ParsedFunctionSettings {
  const reader = new EnvironmentReader(environment);
  const client = readSettings(reader, options);
  const litellm = parseLitellmSettings(reader);
  const settings: FunctionSettings = {
    ...client.settings,
    allowDelete: reader.flag('CYBERARK_ALLOW_DELETE', false),
    keyManagement: parseKeyManagementSettings(reader),
    litellm,
    rotationEventBus: parseEventBus(reader),
  };
  reader.assertNoProblems();
  return { settings, warnings: [...client.warnings, ...warnOfPlainLitellm(litellm)] };
}

const PREFIX_VARIABLE = 'CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS';

/** LiteLLM's four settings. A prefix without its final slash gets one, as in LiteLLM. */
function parseKeyManagementSettings(reader: EnvironmentReader): KeyManagementSettings {
  const hostedKeys = reader.list('CYBERARK_HOSTED_KEYS');
  return {
    accessMode: reader.oneOf('CYBERARK_ACCESS_MODE', ACCESS_MODES) ?? 'read_and_write',
    hostedKeys: hostedKeys.length === 0 ? undefined : new Set(hostedKeys),
    storeVirtualKeys: reader.flag('CYBERARK_STORE_VIRTUAL_KEYS', false),
    prefixForStoredVirtualKeys: parsePrefix(reader),
  };
}

function parsePrefix(reader: EnvironmentReader): string {
  const text = reader.text(PREFIX_VARIABLE)?.trim() ?? 'litellm/';
  const prefix = text.endsWith('/') ? text : `${text}/`;
  try {
    parseVariableName(`${prefix}key`);
  } catch {
    reader.problem(PREFIX_VARIABLE, 'must be the beginning of a variable id, such as litellm/');
  }
  return prefix;
}

function parseLitellmSettings(reader: EnvironmentReader): LitellmSettings {
  const base = reader.text('LITELLM_API_BASE');
  const masterKey = reader.text('LITELLM_MASTER_KEY');
  return {
    baseUrl: base === undefined ? undefined : reader.url('LITELLM_API_BASE', base),
    masterKey: masterKey === undefined ? undefined : Secret.of(masterKey.trim()),
    masterKeySecretId: reader.text('LITELLM_MASTER_KEY_SECRET_ID')?.trim(),
  };
}

/** `CYBERARK_REQUIRE_TLS` is about Conjur, and a proxy inside a VPC often speaks http: so this is said, and not refused. */
function warnOfPlainLitellm({ baseUrl }: LitellmSettings): string[] {
  if (baseUrl === undefined || !isExposed(baseUrl)) return [];
  return ['LITELLM_API_BASE is plain http to another host: the master key and virtual keys travel unencrypted.'];
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
const EVENT_BUS = /^(?:arn:aws[\w-]*:events:[\w-]+:\d{12}:event-bus\/)?[/.\-_A-Za-z0-9]{1,256}$/;

function parseEventBus(reader: EnvironmentReader): string | undefined {
  const bus = reader.text('ROTATION_EVENT_BUS_NAME')?.trim();
  if (bus === undefined || EVENT_BUS.test(bus)) return bus;
  reader.problem('ROTATION_EVENT_BUS_NAME', 'must be the name or the ARN of an event bus');
  return undefined;
}
