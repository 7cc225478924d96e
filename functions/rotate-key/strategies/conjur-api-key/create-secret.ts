import type { ConjurClient } from '../../../../lib/client.ts';
import { ConjurError, isConjurError } from '../../../../lib/errors.ts';
import type { Secret } from '../../../../lib/secret.ts';
import { reportKeyAge } from '../../report.ts';
import type { RotationContext } from './context.ts';
import { isAlive, withClient } from './context.ts';
import {
  type HostCredential,
  haveSameFields,
  parseHostCredential,
  toContent,
  toRole,
  toTarget,
} from './host-credential.ts';
import { findPending, findStage, isOvertaken, type SecretVersion, wouldUndo } from './secret-versions.ts';

/**
 * The step `createSecret`: gives the host that is not in use a new key and stages it as AWSPENDING. Where that was done already and
 * the staged key is alive, nothing is left to do, unless somebody has put another version into use since, which it would undo.
 *
 * Conjur chooses the key and kills the old one in the same moment, so that the key is set before it can be staged. A crash in between
 * loses a key that nobody uses: the next run makes another. The host whose key is made is never the one that the run is logged in as.
 * @returns the version that holds the staged key: the one asked for, or another where that one holds by now what cannot be used, for a
 * version can be written only once
 */
export async function createSecret(context: RotationContext): Promise<string> {
  const staged = await readCredential(context, { versionId: context.versionId });
  const isReady = staged !== undefined && (await isAlive(context, staged.credential));
  const current = await readCurrent(context);
  if (isReady && !wouldUndo(staged, current)) return context.versionId;
  reportKeyAge(context.deps, context.secretId, current.createdAtMs);
  const made = await rotateKey(context, { current, staged });
  const content = toContent(current.content, made.login, made.apiKey, context.secretId);
  if (staged === undefined && (await put(context, context.versionId, content))) return context.versionId;
  return stageElsewhere(context, content);
}

/** Times that a key is asked for where no answer comes. */
const MAX_ATTEMPTS = 3;

interface Read extends SecretVersion {
  readonly credential: HostCredential;
}

type Which = Parameters<RotationContext['versions']['read']>[1];

async function readCredential(context: RotationContext, which: Which): Promise<Read | undefined> {
  const version = await context.versions.read(context.secretId, which, context.deadline);
  return version && { ...version, credential: parseHostCredential(version.content, context.secretId) };
}

async function readCurrent(context: RotationContext): Promise<Read> {
  const current = await readCredential(context, { stage: 'AWSCURRENT' });
  if (current !== undefined) return current;
  throw new ConjurError(
    'config_invalid',
    `The secret ${context.secretId} in Secrets Manager has no value yet. Store the first credential there; from then on it can be rotated.`,
  );
}

interface MadeKey {
  readonly login: string;
  readonly apiKey: Secret;
}

/** What a run has seen before it makes a key. */
interface Seen {
  readonly current: Read;
  /** What the version of the rotation holds already: a key that is dead. */
  readonly staged: Read | undefined;
}

function rotateKey(context: RotationContext, seen: Seen): Promise<MadeKey> {
  const { hosts } = seen.current.credential;
  return hosts === undefined ? rotateOnly(context, seen) : rotateOther(context, hosts, seen);
}

/** Single-host mode: the function's own identity rotates the host. */
async function rotateOnly(context: RotationContext, seen: Seen): Promise<MadeKey> {
  const { credential } = seen.current;
  const { conjur } = context.deps;
  const { login } = await conjur.whoami({ deadline: context.deadline });
  if (login === credential.login) throw onlyItself(login);
  return makeKey(context, conjur, credential.login, seen);
}

/** How long after its refusal the key in use is tried again, in milliseconds. */
const AGAIN_AFTER_MS = 1_000;

/**
 * A pair: the host in use rotates the other. Where its key is dead, the one before it or one that was staged may be alive, and heals the
 * pair: of either host, for somebody may have put a dead key over a live one of the same host. That kills the key in use, so it must have
 * been refused twice: a node that lags behind, or something in front of Conjur, refuses a good key once.
 */
async function rotateOther(context: RotationContext, hosts: readonly [string, string], seen: Seen): Promise<MadeKey> {
  const { current } = seen;
  const made = await rotateTargetOf(context, current.credential, seen);
  if (made !== undefined) return made;
  if (AGAIN_AFTER_MS < context.deadline.remainingMs()) await context.deps.clock.sleep(AGAIN_AFTER_MS);
  const madeAfterAll = await rotateTargetOf(context, current.credential, seen);
  if (madeAfterAll !== undefined) return madeAfterAll;
  for (const stage of ['AWSPREVIOUS', 'AWSPENDING'] as const) {
    const other = await readCredential(context, { stage });
    // One of other hosts must not be used: what it would rotate is no host of this secret.
    if (other === undefined || !hosts.includes(other.credential.login)) continue;
    const healed = await rotateTargetOf(context, { ...other.credential, hosts }, seen);
    if (healed === undefined) continue;
    const { secretId, deps } = context;
    deps.logger.warn('The key in use is dead; another one of the pair has made a new one.', { secretId, stage });
    return healed;
  }
  throw bothDead(context.secretId, current.credential);
}

async function rotateTargetOf(
  context: RotationContext,
  credential: HostCredential,
  seen: Seen,
): Promise<MadeKey | undefined> {
  const login = toTarget(credential);
  return withClient(context, credential, (client) => makeKey(context, client, login, seen));
}

/**
 * An answer that was lost took the new key with it, so another one is made: whoever held the old key lost it by the first try, and nobody
 * holds a new one. But not before another look, for in the meantime somebody may have made one and put it into use.
 */
async function makeKey(context: RotationContext, client: ConjurClient, login: string, seen: Seen): Promise<MadeKey> {
  const { deadline, deps } = context;
  for (let attempt = 1; ; attempt += 1) {
    await assertNotOvertaken(context, seen);
    try {
      return { login, apiKey: await client.rotateApiKeyOf(toRole(login), { deadline }) };
    } catch (error) {
      const waitMs = isConjurError(error, 'upstream_unavailable') ? (error.retryAfterSeconds ?? attempt) * 1_000 : 0;
      if (waitMs === 0 || attempt >= MAX_ATTEMPTS || waitMs >= deadline.remainingMs()) throw error;
      await deps.clock.sleep(waitMs);
    }
  }
}

/**
 * The last look before a key dies: a run that was held up for long must kill neither the key that another run has put into use
 * meanwhile, nor the one that another run has staged and is about to. What slips through between this look and the next request is staged
 * right after, where readers that are refused find it.
 */
async function assertNotOvertaken(context: RotationContext, { current, staged }: Seen): Promise<void> {
  const { versions, secretId, versionId, deadline } = context;
  const description = await versions.describe(secretId, deadline);
  if (findStage(description, 'AWSCURRENT') !== current.versionId) throw overtaken(secretId);
  const pending = findPending(description);
  if (pending === undefined) return;
  const isForeign =
    pending === versionId
      ? staged === undefined && (await versions.read(secretId, { versionId }, deadline)) !== undefined
      : !(await isOvertaken(versions, secretId, pending, current.versionId, deadline));
  if (isForeign) throw underWay(secretId, pending);
}

function put({ versions, ...context }: RotationContext, versionId: string, content: Secret): Promise<boolean> {
  const { rotationToken } = context;
  return versions.putPending(context.secretId, { versionId, content, rotationToken }, context.deadline);
}

/** The version is taken by another run with the same token. Either its key is alive, or this one's is. */
async function stageElsewhere(context: RotationContext, content: Secret): Promise<string> {
  const theirs = await readCredential(context, { versionId: context.versionId });
  const isTheirsGood = theirs !== undefined && haveSameFields(theirs.content, content);
  if (isTheirsGood && (await isAlive(context, theirs.credential))) return context.versionId;
  const versionId = context.deps.randomUuid();
  await put(context, versionId, content);
  return versionId;
}

function onlyItself(login: string): ConjurError {
  return new ConjurError(
    'config_invalid',
    `The function logs in as ${login}, whose key it should rotate: an answer that is lost would then lose the key. Name a pair of hosts in the secret ("hosts"), or have the function log in as another identity (CYBERARK_AUTHN=iam, say) that has \`update\` on this host.`,
  );
}

function bothDead(secretId: string, { login }: HostCredential): ConjurError {
  return new ConjurError(
    'authentication_failed',
    `Conjur refuses the key in ${secretId} for ${login}, and no other key of the pair (AWSPREVIOUS, AWSPENDING) is let in either. Rotate the key of ${login} by hand (conjur host rotate-api-key), put it into the secret as AWSCURRENT, and rotate again.`,
  );
}

function overtaken(secretId: string): ConjurError {
  return new ConjurError(
    'upstream_error',
    `Another rotation of ${secretId} has finished while this one was under way, which has changed nothing. Nothing is left to do.`,
  );
}

function underWay(secretId: string, pending: string): ConjurError {
  return new ConjurError(
    'upstream_error',
    `Another rotation of ${secretId} has staged version ${pending} while this one was under way, which has changed nothing. Let that one finish; where it was broken off, rotate again, which goes on with it.`,
  );
}
