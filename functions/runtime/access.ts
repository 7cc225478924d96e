import { ConjurError } from '../../lib/errors.ts';
import { parseVariableName } from '../../lib/names.ts';
import { createFunctionError, type FunctionError } from '../contract/error-codes.ts';
import type { VirtualKeyIdentity } from '../contract/write-secret.ts';
import { type CallerRule, findCallerRefusal, parseIdentity, type Right } from './callers.ts';
import type { KeyManagementSettings } from './settings.ts';

export type Access = 'read' | 'write';

/** What limits a call: LiteLLM's settings, and where callers are told apart, what this one may. */
export interface AccessRules extends KeyManagementSettings {
  /** The refusal of a call that needs these rights on a name, or without one on every secret. Absent: every caller may everything. */
  readonly refuseCaller?: (rights: readonly Right[], name: string | undefined) => FunctionError | undefined;
}

/** What a function works with, as far as it decides who may do what. */
export interface CallSettings {
  readonly settings: { readonly callers: readonly CallerRule[] | undefined; readonly keyManagement: AccessRules };
}

/** The same for one call: where callers are told apart, what the one of this event may is among the settings. */
export function withCaller<Deps extends CallSettings>(deps: Deps, event: unknown): Deps {
  const { callers, keyManagement } = deps.settings;
  if (callers === undefined) return deps;
  const caller = parseIdentity(event);
  const refuseCaller: AccessRules['refuseCaller'] = (rights, name) => findCallerRefusal(callers, caller, rights, name);
  return { ...deps, settings: { ...deps.settings, keyManagement: { ...keyManagement, refuseCaller } } };
}

/**
 * Refuses what `access_mode`, the rules for this caller or `hosted_keys` do not allow. A deletion writes.
 * @throws ConjurError `access_mode_denied`, `forbidden` or `not_hosted`
 */
export function assertAccess(settings: AccessRules, access: Access, name?: string): void {
  const refusal = findRefusal(settings, access, name);
  if (refusal !== undefined) throw refusal;
}

/** Those of many names that {@link assertAccess} refuses, each once, with its error. */
export function findRefusals(
  settings: AccessRules,
  access: Access,
  names: readonly string[],
): { readonly name: string; readonly error: FunctionError }[] {
  return [...new Set(names)].flatMap((name) => {
    const error = findRefusal(settings, access, name);
    return error === undefined ? [] : [{ name, error }];
  });
}

/** The error that {@link assertAccess} throws; undefined where it throws none. */
export function findRefusal(settings: AccessRules, access: Access, name?: string): FunctionError | undefined {
  const refusal = findModeRefusal(settings, access);
  if (refusal !== undefined || name === undefined) return refusal;
  return settings.refuseCaller?.([access], name) ?? findHostingRefusal(settings, name);
}

/** Where the rotation of a virtual key stages the next one: `<name>.pending`. */
export const PENDING_SUFFIX = '.pending';

/**
 * Refuses to write a name that belongs to the rotation of another secret, which would overwrite what stands there.
 * @throws ConjurError `invalid_request`
 */
export function assertNotReserved(name: string): void {
  const refusal = findReservation(name);
  if (refusal !== undefined) throw refusal;
}

export function findReservation(name: string): ConjurError | undefined {
  if (!name.endsWith(PENDING_SUFFIX)) return undefined;
  return new ConjurError(
    'invalid_request',
    `The name "${name}" is reserved: where "${name.slice(0, -PENDING_SUFFIX.length)}" holds a virtual key, its rotation stages the next one there. Choose a name that does not end with "${PENDING_SUFFIX}".`,
  );
}

/** Whether there are names that this call may not ask for. */
export function isLimited({ hostedKeys, refuseCaller }: AccessRules): boolean {
  return hostedKeys !== undefined || refuseCaller !== undefined;
}

/** What a rotation does, as far as it may be refused. */
export interface RotationNeeds {
  /** The variables that it reads and writes; none where it rotates something else than a secret in Conjur. */
  readonly affectedVariables: readonly string[];
  /** Variables beside them that it works with on the way. */
  readonly stagingVariables: readonly string[];
  /** Of the caller, on each variable. */
  readonly rights: readonly Right[];
}

/**
 * Refuses a rotation: it reads and writes, and a caller needs a right of its own for it.
 * @throws ConjurError `access_mode_denied`, `forbidden` or `not_hosted`
 */
export function assertRotation(settings: AccessRules, needs: RotationNeeds): void {
  assertMayRotate(settings);
  const { affectedVariables: names, stagingVariables, rights } = needs;
  for (const name of names) assertNotReserved(name);
  const touched = names.length === 0 ? [undefined] : [...names, ...stagingVariables];
  const refusals = [
    ...touched.map((name) => settings.refuseCaller?.(rights, name)),
    ...names.map((name) => findHostingRefusal(settings, name)),
  ];
  const refusal = refusals.find((error) => error !== undefined);
  if (refusal !== undefined) throw refusal;
}

/** Of a step that Secrets Manager runs, which concerns no name and no caller. @throws ConjurError `access_mode_denied` */
export function assertMayRotate(settings: KeyManagementSettings): void {
  const refusal = findModeRefusal(settings, 'read') ?? findModeRefusal(settings, 'write');
  if (refusal !== undefined) throw refusal;
}

function findModeRefusal(settings: KeyManagementSettings, access: Access): FunctionError | undefined {
  const denied = access === 'read' ? 'write_only' : 'read_only';
  if (settings.accessMode !== denied) return undefined;
  return createFunctionError(
    'access_mode_denied',
    `This function may not ${access} secrets: its access_mode is ${denied}. Call a function whose access_mode allows it, or change CYBERARK_ACCESS_MODE.`,
  );
}

function findHostingRefusal(settings: KeyManagementSettings, name: string): FunctionError | undefined {
  if (isHosted(settings, name)) return undefined;
  return createFunctionError(
    'not_hosted',
    `The secret "${name}" is not among hosted_keys. Add it to CYBERARK_HOSTED_KEYS, or ask for one that is.`,
  );
}

/**
 * Whether `hosted_keys` lets a name be asked for. In LiteLLM that list is of the keys which its configuration reads, and never of the
 * virtual keys that it stores, rotates and deletes: nobody can list names that are yet to be made. So where virtual keys are stored,
 * every name below their prefix is hosted too.
 */
function isHosted(settings: KeyManagementSettings, name: string): boolean {
  const { hostedKeys, storeVirtualKeys, prefixForStoredVirtualKeys } = settings;
  if (hostedKeys === undefined || hostedKeys.has(name)) return true;
  return storeVirtualKeys && name.startsWith(prefixForStoredVirtualKeys);
}

/**
 * The secret's name for a virtual key, as LiteLLM forms it: the prefix, then the alias or `virtual-key-<token_id>`.
 * https://docs.litellm.ai/docs/secret_managers/overview
 * @throws ConjurError `forbidden` where `store_virtual_keys` is off; `invalid_request` for an alias that makes no name
 */
export function toVirtualKeyName(settings: KeyManagementSettings, identity: VirtualKeyIdentity): string {
  if (!settings.storeVirtualKeys) {
    throw new ConjurError(
      'forbidden',
      'Virtual keys are not stored here: store_virtual_keys is off. Set CYBERARK_STORE_VIRTUAL_KEYS=true to have them stored.',
    );
  }
  const { keyAlias, tokenId } = identity;
  const ownPart = keyAlias === undefined || keyAlias === '' ? `virtual-key-${tokenId}` : keyAlias;
  return parseVariableName(settings.prefixForStoredVirtualKeys + ownPart);
}
