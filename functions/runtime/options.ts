import { isVariableName } from '../../lib/names.ts';
import type { OptionRow } from '../../lib/options.ts';

export const ACCESS_MODES = ['read_only', 'write_only', 'read_and_write'] as const;

/** An option of the functions. `only` names the one function that has it. */
export type FunctionOptionRow = OptionRow & { readonly only?: 'rotate-key' };

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
const EVENT_BUS = /^(?:arn:aws[\w-]*:events:[\w-]+:\d{12}:event-bus\/)?[/.\-_A-Za-z0-9]{1,256}$/;

/** What the functions have beside the options of their client, in a table of the same form, by its path in `FunctionSettings`. */
export const FUNCTION_OPTIONS = {
  allowDelete: {
    env: ['CYBERARK_ALLOW_DELETE'],
    type: 'flag',
    default: false,
    group: 'deletion',
    meaning: '`true`: `DELETE` makes the policy update that deletes a variable',
  },
  'keyManagement.accessMode': {
    env: ['CYBERARK_ACCESS_MODE'],
    type: 'one-of',
    values: ACCESS_MODES,
    default: 'read_and_write',
    group: 'key-management',
    meaning: 'what may be done; anything else answers `access_mode_denied`',
  },
  'keyManagement.hostedKeys': {
    env: ['CYBERARK_HOSTED_KEYS'],
    type: 'list',
    default: [],
    defaultWords: 'all',
    expected: 'names',
    group: 'key-management',
    meaning:
      'the names that may be asked for, comma separated or as a JSON list; others answer `not_hosted`. Set but empty: none may',
  },
  'keyManagement.storeVirtualKeys': {
    env: ['CYBERARK_STORE_VIRTUAL_KEYS'],
    type: 'flag',
    default: false,
    group: 'key-management',
    meaning: '`true`: `POST /virtual-keys` stores',
  },
  'keyManagement.prefixForStoredVirtualKeys': {
    env: ['CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS'],
    type: 'text',
    default: 'litellm/',
    matches: (prefix) => isVariableName(`${prefix.endsWith('/') ? prefix : `${prefix}/`}key`),
    expected: 'the beginning of a variable id, such as litellm/',
    group: 'key-management',
    meaning: 'stands before the name of a virtual key; a missing final `/` is added',
  },
  callers: {
    env: ['CYBERARK_CALLERS'],
    type: 'text',
    defaultWords: 'whoever may call the function may do everything with every name',
    expected: 'a JSON list of {arn, claim or direct, names, read, write, rotate}',
    group: 'callers',
    meaning: 'who may do what with which names; anything else answers `forbidden`',
  },
  'litellm.baseUrl': {
    env: ['LITELLM_API_BASE'],
    type: 'url',
    only: 'rotate-key',
    group: 'rotation',
    meaning:
      "LiteLLM's proxy, for rotating virtual keys. Plain http to another machine gives a warning: the master key would go over it",
  },
  'litellm.masterKeySecretId': {
    env: ['LITELLM_MASTER_KEY_SECRET_ID'],
    type: 'text',
    only: 'rotate-key',
    group: 'rotation',
    meaning: 'Secrets Manager id or ARN of its master key',
  },
  'litellm.masterKey': {
    env: ['LITELLM_MASTER_KEY'],
    type: 'secret',
    secret: true,
    only: 'rotate-key',
    group: 'rotation',
    meaning: 'the master key, for local use',
  },
  rotateCredentialsOverHttp: {
    env: ['CYBERARK_ROTATE_CREDENTIALS_OVER_HTTP'],
    type: 'flag',
    default: false,
    only: 'rotate-key',
    group: 'rotation',
    meaning: '`true`: `POST /rotations` takes the strategy `conjur-api-key` too; schedules and direct calls always may',
  },
  rotationEventBus: {
    env: ['ROTATION_EVENT_BUS_NAME'],
    type: 'text',
    matches: (bus) => EVENT_BUS.test(bus),
    expected: 'the name or the ARN of an event bus',
    only: 'rotate-key',
    group: 'rotation',
    meaning: 'hears of every rotation: `SecretRotated {name, version, strategy}`',
  },
  credentialSecretId: {
    env: ['CYBERARK_API_KEY_SECRET_ID'],
    type: 'text',
    group: 'authentication',
    meaning: 'of the client; also what rotate-key rotates where a call names no secret',
  },
} as const satisfies Record<string, FunctionOptionRow>;
