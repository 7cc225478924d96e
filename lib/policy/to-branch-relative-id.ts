import { ConjurError } from '../errors/conjur-error.ts';

/**
 * The id that a policy document of a branch gives to a variable: the branch's own id is cut off, since Conjur puts it in front again.
 * So `litellm/key-1` in branch `litellm` is the same variable as `litellm/key-1` loaded into `root`.
 *
 * Conjur takes an id of nothing but whitespace for none, and names the record after the branch itself: the variable `litellm`.
 * @throws ConjurError `invalid_request` for a name outside the branch, and for one of whitespace below it
 */
export function toBranchRelativeId(name: string, branch: string): string {
  const id = branch === 'root' ? name : cutBranch(name, branch);
  if (id.trim() !== '') return id;
  throw new ConjurError(
    'invalid_request',
    `The secret "${name}" cannot be made: Conjur takes a name of nothing but spaces for no name. Use another one.`,
  );
}

function cutBranch(name: string, branch: string): string {
  if (name.startsWith(`${branch}/`)) return name.slice(branch.length + 1);
  throw new ConjurError(
    'invalid_request',
    `The secret "${name}" does not exist and cannot be made: new variables go into the policy branch "${branch}". Use a name that begins with "${branch}/", or define the variable by a policy of your own first.`,
  );
}
