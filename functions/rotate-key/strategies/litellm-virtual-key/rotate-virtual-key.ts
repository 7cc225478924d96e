import type { ConjurClient } from '../../../../lib/client.ts';
import type { Deadline } from '../../../../lib/clock.ts';
import { ConjurError, isConjurError } from '../../../../lib/errors.ts';
import { Secret } from '../../../../lib/secret.ts';
import type { Logged } from '../../deps.ts';
import { keptVersions, readVersion, versionWith, writeAndVerify } from '../../write-and-verify.ts';
import { draw, LETTERS_AND_DIGITS } from '../draw.ts';
import type { Rotated } from '../strategy.ts';
import type { LitellmApi, Regeneration } from './litellm-api.ts';

export interface VirtualKeyDeps {
  readonly conjur: Pick<ConjurClient, 'readSecret' | 'writeSecret' | 'showVariable'>;
  readonly litellm: LitellmApi;
  readonly randomInt: (bound: number) => number;
  readonly logged: Logged;
  readonly deadline: Deadline;
}

export interface VirtualKeyRotation {
  /** The variable that holds the key. */
  readonly name: string;
  readonly gracePeriod: string | undefined;
  readonly duration: string | undefined;
}

/** What LiteLLM makes and takes as a key. Of any other secret not even the hash may leave for LiteLLM. */
const LITELLM_KEY = /^sk-/;
/** Characters of a new key behind `sk-`. */
const KEY_LENGTH = 32;
/** Times that the stored key is set right before it is given up, for something in between must be altering it. */
const MAX_PROMOTIONS = 3;

/**
 * Replaces a virtual key. Its state is in three places outside the process: the variable `name` (what consumers read), the variable
 * `name.pending` (every new key is written there and read back before LiteLLM hears of it; Conjur keeps 20 versions) and LiteLLM, which
 * has exactly one key on record. So a live key always stands in a store, and whoever comes next can finish what was begun:
 *
 * 1. Where the key in `name` is not the one on record, a rotation was broken off after LiteLLM had replaced it: on with 4.
 * 2. Stage a new key in `name.pending`.
 * 3. Regenerate: LiteLLM replaces the old key, and does so once. A second caller is told that it does not know the old one.
 * 4. Promote: whichever staged key is on record is written to `name`, until `name` holds it. Every rotation ends with this look at
 *    LiteLLM after its last write; so of two at the same time the last one to write sets right what it wrote.
 */
export async function rotateVirtualKey(deps: VirtualKeyDeps, rotation: VirtualKeyRotation): Promise<Rotated> {
  const { logged, litellm, deadline } = deps;
  const { name } = rotation;
  const oldKey = await logged('read the key in use', () => readOldKey(deps, name));
  const replace = await logged('ask LiteLLM for it', () => litellm.isCurrent(oldKey, deadline));
  const made = replace ? await replaceKey(deps, rotation, oldKey) : undefined;
  const { key, version } = await logged('promote', () => promote(deps, name, oldKey, made));
  // Somebody has stored another key meanwhile. The one that was staged would look like somebody else's to the next rotation.
  if (made?.equals(key) === false)
    await logged('stage the key in use', () => writeAndVerify(deps.conjur, toPendingName(name), key, deadline));
  // LiteLLM said that it replaced this key, and a moment later that it is the one on record: one of the two is not true.
  if (replace && key.equals(oldKey)) throw notReplaced(name);
  const refused = (await tryKey(deps, key)) === false;
  return { name, version, value: key, ...(refused ? { details: { accepted_by_litellm: false } } : {}) };
}

/**
 * Whether LiteLLM lets the key in; undefined where that cannot be told, which the log says. The rotation is over by then, and must not fail
 * any more: its repetition would make another key, and with that end the grace of the one that consumers hold.
 */
async function tryKey({ litellm, logged, deadline }: VirtualKeyDeps, key: Secret): Promise<boolean | undefined> {
  try {
    return await logged('try the new key', () => litellm.isAccepted(key, deadline));
  } catch (error) {
    if (!isConjurError(error)) throw error;
    return undefined;
  }
}

async function readOldKey({ conjur, deadline }: VirtualKeyDeps, name: string): Promise<Secret> {
  const key = await readVersion(conjur, name, undefined, deadline);
  if (key !== undefined && !LITELLM_KEY.test(key.expose())) throw noVirtualKey(name);
  if (key !== undefined) return key;
  throw new ConjurError(
    'secret_not_found',
    `The secret "${name}" does not exist, has no value, or may not be seen by this identity. Store the virtual key there first (POST /virtual-keys); then it can be rotated.`,
  );
}

/** The key that LiteLLM has now; undefined where another rotation was faster. */
async function replaceKey(
  deps: VirtualKeyDeps,
  rotation: VirtualKeyRotation,
  oldKey: Secret,
): Promise<Secret | undefined> {
  const { conjur, randomInt, logged, deadline } = deps;
  const { gracePeriod, duration } = rotation;
  const newKey = Secret.of(`sk-${draw(LETTERS_AND_DIGITS, KEY_LENGTH, randomInt)}`);
  const stage = (key: Secret) => writeAndVerify(conjur, toPendingName(rotation.name), key, deadline);
  await logged('stage a new key', async () => {
    await assertOwnStage(deps, rotation.name, oldKey);
    await stage(newKey);
  });
  const made = await logged('regenerate at LiteLLM', () => regenerate(deps, { oldKey, newKey, gracePeriod, duration }));
  // A LiteLLM with disable_custom_api_keys, or one that does not know new_key, made a key of its own, which is nowhere else.
  if (made !== undefined && !made.equals(newKey)) await logged("stage LiteLLM's key", () => stage(made));
  return made;
}

/**
 * Where LiteLLM has the key in use on record, a staged one is a left-over. One that is on record beside it belongs to somebody else, unless
 * it once stood in `name`, where somebody has stored another key since; what is no key at all is somebody else's too.
 */
async function assertOwnStage(
  { conjur, litellm, deadline }: VirtualKeyDeps,
  name: string,
  oldKey: Secret,
): Promise<void> {
  const staged = await readVersion(conjur, toPendingName(name), undefined, deadline);
  // A rotation that is finished leaves the key in use there.
  if (staged === undefined || staged.equals(oldKey)) return;
  if (!LITELLM_KEY.test(staged.expose())) throw foreignStage(name);
  // In this order: a rotation at the same time makes the one current, and the other not.
  if (!(await litellm.isCurrent(staged, deadline)) || !(await litellm.isCurrent(oldKey, deadline))) return;
  if ((await versionWith(conjur, name, staged, deadline)) === undefined) throw foreignStage(name);
}

/** An answer that was lost is made good by a look at what LiteLLM has now. */
async function regenerate(
  { litellm, deadline }: VirtualKeyDeps,
  regeneration: Regeneration,
): Promise<Secret | undefined> {
  try {
    return await litellm.regenerate(regeneration, deadline);
  } catch (error) {
    if (!isConjurError(error, 'upstream_unavailable')) throw error;
    if (await litellm.isCurrent(regeneration.newKey, deadline)) return regeneration.newKey;
    if (await litellm.isCurrent(regeneration.oldKey, deadline)) throw error;
    throw lostKey(error);
  }
}

interface Promoted {
  readonly key: Secret;
  readonly version: number | undefined;
}

/**
 * Sees to it that `name` holds the key that LiteLLM has on record. Somebody who stores another key of LiteLLM's there meanwhile has it left
 * there, or put back: Conjur writes whatever stands there, and shows only afterwards what that was.
 * @param made the key that this rotation had made
 */
async function promote(
  deps: VirtualKeyDeps,
  name: string,
  oldKey: Secret,
  made: Secret | undefined,
): Promise<Promoted> {
  const { conjur, litellm, deadline } = deps;
  let next = made !== undefined && (await litellm.isCurrent(made, deadline)) ? made : undefined;
  let promoted: Secret | undefined;
  for (let writes = 0; ; writes += 1) {
    const { key: stored, version } = await readLatest(deps, name);
    const replaced = promoted && (await findReplaced(deps, name, oldKey, promoted));
    const isUntouched = next !== undefined && stored?.equals(oldKey) === true;
    if (replaced === undefined && !isUntouched && stored !== undefined && (await isOnRecord(deps, stored)))
      return { key: stored, version };
    if (writes >= MAX_PROMOTIONS) throw notPromoted(name);
    next = replaced ?? next ?? (await findCurrent(deps, toPendingName(name))) ?? (await findCurrent(deps, name));
    if (next === undefined) throw unknownKey(name);
    await conjur.writeSecret(name, next, { reportVersion: false, deadline });
    promoted = replaced === undefined ? next : undefined;
    next = undefined;
  }
}

/** The key that stood in `name` just before the one that was written, where it is neither the old one nor dead: somebody else's. */
async function findReplaced(
  deps: VirtualKeyDeps,
  name: string,
  oldKey: Secret,
  written: Secret,
): Promise<Secret | undefined> {
  const { conjur, deadline } = deps;
  const version = await versionWith(conjur, name, written, deadline);
  if (version === undefined || version < 2) return undefined;
  const before = await readVersion(conjur, name, version - 1, deadline);
  if (before === undefined || before.equals(oldKey)) return undefined;
  return (await isOnRecord(deps, before)) ? before : undefined;
}

async function readLatest(
  { conjur, deadline }: VirtualKeyDeps,
  name: string,
): Promise<{ readonly key: Secret | undefined; readonly version: number | undefined }> {
  const version = (await conjur.showVariable(name, { deadline }))?.version;
  return { key: await readVersion(conjur, name, version, deadline), version };
}

/** Whether LiteLLM has a value on record. Of what does not look like a key not even the hash goes there. */
async function isOnRecord({ litellm, deadline }: VirtualKeyDeps, value: Secret): Promise<boolean> {
  return LITELLM_KEY.test(value.expose()) && (await litellm.isCurrent(value, deadline));
}

/**
 * The key in a variable that LiteLLM has on record, the latest version first: above it may be the one of a rotation that was overtaken.
 */
async function findCurrent(deps: VirtualKeyDeps, variable: string): Promise<Secret | undefined> {
  const { conjur, deadline } = deps;
  const latest = (await conjur.showVariable(variable, { deadline }))?.version;
  // Of a variable whose versions may not be seen there is only the latest.
  for (const version of latest === undefined ? [undefined] : keptVersions(latest)) {
    const key = await readVersion(conjur, variable, version, deadline);
    if (key === undefined) return undefined;
    if (await isOnRecord(deps, key)) return key;
  }
  return undefined;
}

/** Where a new key is kept until LiteLLM has taken it. */
export function toPendingName(name: string): string {
  return `${name}.pending`;
}

function foreignStage(name: string): ConjurError {
  return new ConjurError(
    'unprocessable',
    `The secret "${toPendingName(name)}" is in use by somebody else, and the rotation of "${name}" would overwrite it. Nothing was changed. Move that secret to another name, or delete its key at LiteLLM where a rotation was broken off and another key stored since; then rotate again.`,
  );
}

function noVirtualKey(name: string): ConjurError {
  return new ConjurError(
    'unprocessable',
    `The secret "${name}" holds no virtual key of LiteLLM's (they begin with "sk-"), and was not sent there. Check the name, or rotate it with the strategy "random".`,
  );
}

function notReplaced(name: string): ConjurError {
  return new ConjurError(
    'upstream_error',
    `LiteLLM answered that it replaced the key in "${name}", but still has the old one on record. Check that LITELLM_API_BASE leads to one LiteLLM with one database. The key in "${name}" was left in place; a new one, if LiteLLM made it, stands in "${toPendingName(name)}". Rotate again, which goes on from there.`,
  );
}

function notPromoted(name: string): ConjurError {
  return new ConjurError(
    'upstream_error',
    `The new key was written to "${name}", but Conjur gives back another value. The live key stands in "${toPendingName(name)}". Find out what drops or alters writes, and rotate again, which goes on from there.`,
  );
}

/** LiteLLM made the key by itself, or another rotation was faster; the next one tells the two apart. */
function lostKey(cause: ConjurError): ConjurError {
  return new ConjurError(
    'upstream_unavailable',
    'LiteLLM has replaced the key, and its answer was lost. Rotate again: if another rotation had it replaced, that ends well. If LiteLLM made the key by itself (disable_custom_api_keys), the answer was its only copy: make a new key at LiteLLM and store it with the strategy "supplied"; the old one works until its grace period ends.',
    { cause },
  );
}

function unknownKey(name: string): ConjurError {
  return new ConjurError(
    'unprocessable',
    `LiteLLM knows neither the key in "${name}" nor one in "${toPendingName(name)}": it was deleted, or replaced by somebody else. Nothing was changed there. Make a new key at LiteLLM and store it in "${name}".`,
  );
}
