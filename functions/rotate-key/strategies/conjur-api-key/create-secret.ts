import { randomUUID } from 'node:crypto';
import { ConjurError } from '../../../../lib/errors.ts';
import type { Secret } from '../../../../lib/secret.ts';
import { reportKeyAge } from '../../report.ts';
import type { RotationContext } from './context.ts';
import { isAlive, withClient } from './context.ts';
import { type HostCredential, parseHostCredential, toContent, toRole, toTarget } from './host-credential.ts';
import { findStage, type SecretVersion } from './secret-versions.ts';

/**
 * The step `createSecret`: gives the host that is not in use a new key and stages it as AWSPENDING. Where that was done already and
 * the staged key is alive, nothing is left to do.
 *
 * Conjur chooses the key and kills the old one in the same moment, so that the key is set before it can be staged. A crash in between
 * loses a key that nobody uses: the next run makes another. The host whose key is made is never the one that the run is logged in as.
 * @returns the version that holds the staged key: the one asked for, or another where that one holds a dead key by now, for a version
 * can be written only once
 */
export async function createSecret(context: RotationContext): Promise<string> {
  const staged = await readCredential(context, { versionId: context.versionId });
  if (staged !== undefined && (await isAlive(context, staged.credential))) return context.versionId;
  const current = await readCurrent(context);
  reportKeyAge(context.deps, context.secretId, current.createdAtMs);
  const made = await rotateKey(context, current);
  const content = toContent(current.content, made.login, made.apiKey, context.secretId);
  if (staged === undefined && (await put(context, context.versionId, content))) return context.versionId;
  return stageElsewhere(context, content);
}

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

function rotateKey(context: RotationContext, current: Read): Promise<MadeKey> {
  return current.credential.hosts === undefined ? rotateOnly(context, current) : rotateOther(context, current);
}

/** Single-host mode: the function's own identity rotates the host. */
async function rotateOnly(context: RotationContext, { credential, versionId }: Read): Promise<MadeKey> {
  const { conjur } = context.deps;
  const { login } = await conjur.whoami({ deadline: context.deadline });
  if (login === credential.login) throw onlyItself(login);
  await assertNotOvertaken(context, versionId);
  // A repetition is right: whoever holds the old key lost it by the first try, and nobody holds a new one.
  const apiKey = await conjur.rotateApiKeyOf(toRole(credential.login), { repeat: true, deadline: context.deadline });
  return { login: credential.login, apiKey };
}

/** A pair: the host in use rotates the other. Where its key is dead, the other one's last key may be alive, and heals the pair. */
async function rotateOther(context: RotationContext, current: Read): Promise<MadeKey> {
  const made = await rotateTargetOf(context, current.credential, current.versionId);
  if (made !== undefined) return made;
  const previous = await readCredential(context, { stage: 'AWSPREVIOUS' });
  const isOther = previous !== undefined && previous.credential.login === toTarget(current.credential);
  const healed = isOther ? await rotateTargetOf(context, previous.credential, current.versionId) : undefined;
  if (healed === undefined) throw bothDead(context.secretId, current.credential);
  context.deps.logger.warn('The key in use is dead; the other host of the pair has given its host a new one.', {
    secretId: context.secretId,
  });
  return healed;
}

async function rotateTargetOf(
  context: RotationContext,
  credential: HostCredential,
  currentVersionId: string,
): Promise<MadeKey | undefined> {
  const login = toTarget(credential);
  return withClient(context, credential, async (client) => {
    await assertNotOvertaken(context, currentVersionId);
    const apiKey = await client.rotateApiKeyOf(toRole(login), { repeat: true, deadline: context.deadline });
    return { login, apiKey };
  });
}

/**
 * The last look before a key dies: a run that was held up for long must not kill the key that another run has put into use meanwhile.
 * What slips through between this look and the next request is staged right after, where readers that are refused find it.
 */
async function assertNotOvertaken(
  { versions, secretId, deadline }: RotationContext,
  currentVersionId: string,
): Promise<void> {
  const current = findStage(await versions.describe(secretId, deadline), 'AWSCURRENT');
  if (current !== currentVersionId) throw overtaken(secretId);
}

function put({ versions, ...context }: RotationContext, versionId: string, content: Secret): Promise<boolean> {
  const { rotationToken } = context;
  return versions.putPending(context.secretId, { versionId, content, rotationToken }, context.deadline);
}

/** The version is taken by another run with the same token. Either its key is alive, or this one's is. */
async function stageElsewhere(context: RotationContext, content: Secret): Promise<string> {
  const theirs = await readCredential(context, { versionId: context.versionId });
  if (theirs !== undefined && (await isAlive(context, theirs.credential))) return context.versionId;
  const versionId = randomUUID();
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
    `Conjur refuses the key in ${secretId} for ${login}, and no other host of the pair can log in either. Rotate the key of ${login} by hand (conjur host rotate-api-key), put it into the secret as AWSCURRENT, and rotate again.`,
  );
}

function overtaken(secretId: string): ConjurError {
  return new ConjurError(
    'upstream_error',
    `Another rotation of ${secretId} has finished while this one was under way, which has changed nothing. Nothing is left to do.`,
  );
}
