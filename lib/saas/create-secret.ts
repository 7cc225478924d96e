import { isUtf8 } from 'node:buffer';
import type { ConjurContext } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import type { HttpRequest } from '../http/request.ts';
import { exposeUncopied, type Secret } from '../secret.ts';
import type { VariableDefinition, VariableGrants } from '../secrets/variable-policy.ts';
import { assertWellFormed, sendWrite, WRITTEN } from '../secrets/write-secret.ts';
import { toV2 } from './v2.ts';

/** What the second API takes for a name and for a segment of a branch. Other variables are created by policy, as everywhere. */
const NAME = /^[\w.@:+-]{1,60}$/;
const BRANCH = /^[\w-]+(?:\/[\w-]+)*$/;
/** Kinds of roles that it can give permissions to. */
const SUBJECTS = new Set(['host', 'group', 'user']);

/**
 * - `created`: the variable with its value, annotations and permissions, in this one request.
 * - `written`: an answer was lost, and the variable has this value now.
 * - `exists`: it was there already, and is as it was.
 * - `impossible`: not by this request: the identity has no right on the branch, the branch does not exist, or the name does not fit.
 */
export type Creation = 'created' | 'written' | 'exists' | 'impossible';

/**
 * `POST /secrets/static`: creates a variable, sets its value and its permissions in one request, without a policy load.
 * @throws ConjurError whatever is not about one variable: no connection, a refused login
 */
export async function createSecret(
  context: ConjurContext,
  { name, mimeType, annotations }: VariableDefinition,
  value: Secret,
  { grants, seenVersion }: { grants: VariableGrants; seenVersion: number | undefined },
  deadline: Deadline,
): Promise<Creation> {
  const slash = name.lastIndexOf('/');
  const place = { branch: name.slice(0, Math.max(slash, 0)), name: name.slice(slash + 1) };
  const permissions = toPermissions(grants);
  if (!NAME.test(place.name) || !BRANCH.test(place.branch) || permissions === undefined) return 'impossible';
  // JSON holds text alone; Conjur stores no empty value.
  if (!isUtf8(exposeUncopied(value)) || value.byteLength === 0) return 'impossible';
  assertWellFormed(name, value);
  const request: HttpRequest = {
    method: 'POST',
    path: '/secrets/static',
    // What is undefined is left out of it.
    ...toV2('v2', {
      ...place,
      mime_type: mimeType,
      value: value.expose(),
      annotations,
      permissions: permissions.length === 0 ? undefined : permissions,
    }),
    action: `creating the secret "${name}"`,
  };
  // Sent again blindly, it would find its own variable there, and the value that is then written could undo somebody else's.
  const { response, toError } = await sendWrite(context, request, { name, value, seenVersion }, deadline);
  if (response === WRITTEN) return 'written';
  switch (response.status) {
    case 201:
      return 'created';
    case 409:
      return 'exists';
    case 403:
    case 404:
    case 422:
      return 'impossible';
    default:
      throw toError();
  }
}

/** Undefined where a role is of a kind that the second API gives nothing to. */
function toPermissions({ read, write }: VariableGrants) {
  const all = [
    ...read.map((role) => ({ role, privileges: ['read', 'execute'] })),
    ...write.map((role) => ({ role, privileges: ['read', 'update'] })),
  ].map(({ role, privileges }) => {
    const [kind = '', ...id] = role.split(':');
    return { subject: { kind, id: id.join(':') }, privileges };
  });
  return all.every(({ subject }) => SUBJECTS.has(subject.kind)) ? all : undefined;
}
