import { ConjurError } from '../../../../lib/errors.ts';
import type { RotationContext } from './context.ts';
import { withClient } from './context.ts';
import { type HostCredential, parseHostCredential } from './host-credential.ts';

/** Waits between looks for a version that was staged a moment ago: a second and a half in all. */
const LOOKS_AFTER_MS = [0, 100, 200, 400, 800];

/**
 * The step `testSecret`: logs in with the staged key, asks Conjur who that is, and reads the canary where one is named.
 *
 * A version without a value is what Secrets Manager makes to test the configuration (`RotateImmediately: false`): then the credential
 * in use is tested instead. A rotation cannot slip through by that, since `finishSecret` wants a value and tests it again.
 * @throws ConjurError `authentication_failed`, `secret_not_found`, `forbidden`, `config_invalid`
 */
export async function testSecret(context: RotationContext): Promise<void> {
  const staged = (await readStaged(context)) ?? (await readInUse(context));
  await testCredential(context, staged);
}

/** By version id, since the label may be invisible for a moment. Undefined where the version has no value after some looks. */
export async function readStaged(context: RotationContext): Promise<HostCredential | undefined> {
  const { versions, secretId, versionId, deadline } = context;
  for (const waitMs of LOOKS_AFTER_MS) {
    if (waitMs >= deadline.remainingMs()) return undefined;
    if (waitMs !== 0) await context.deps.clock.sleep(waitMs);
    const version = await versions.read(secretId, { versionId }, deadline);
    if (version !== undefined) return parseHostCredential(version.content, secretId);
  }
  return undefined;
}

async function readInUse({ versions, secretId, deadline }: RotationContext): Promise<HostCredential> {
  const current = await versions.read(secretId, { stage: 'AWSCURRENT' }, deadline);
  if (current !== undefined) return parseHostCredential(current.content, secretId);
  throw new ConjurError('config_invalid', `The secret ${secretId} in Secrets Manager has no value to be tested yet.`);
}

/** @throws ConjurError where the credential does not do what its readers will need of it */
export async function testCredential(context: RotationContext, credential: HostCredential): Promise<void> {
  const { deadline, secretId } = context;
  const { login, canary } = credential;
  const seen = await withClient(context, credential, async (client) => {
    const identity = await client.whoami({ deadline });
    if (canary !== undefined) await client.readSecret(canary, { fromLeader: true, deadline });
    return identity.login;
  });
  if (seen === login) return;
  const problem = seen === undefined ? 'Conjur refuses it' : `Conjur takes it for ${seen}`;
  throw new ConjurError(
    'authentication_failed',
    `The key of ${login} in ${secretId} was not put into use: ${problem}. Somebody else may have rotated that host; rotate again (RotateSecret), which makes a new key.`,
  );
}
