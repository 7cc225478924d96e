import type { ConjurContext } from '../answers.ts';
import { secretNotFound } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { ConjurError } from '../errors.ts';
import { parseVariableName } from '../names.ts';
import { loadPolicy } from './load-policy.ts';
import { showVariable } from './variables.ts';

/**
 * Deletes a variable with all its versions, by a policy update of the branch that new variables are loaded into. Conjur has no other
 * way to delete. It takes a deletion of what is missing without a word, so the variable is looked for first.
 * @throws ConjurError `secret_not_found`; `forbidden` where this identity has no `update` on the branch; `invalid_request` for a name
 * outside the branch
 */
export async function deleteVariable(
  context: ConjurContext,
  branch: string,
  name: string,
  deadline: Deadline,
): Promise<void> {
  parseVariableName(name);
  if (branch !== 'root' && !name.startsWith(`${branch}/`)) throw outsideBranch(context, name, branch);
  if ((await showVariable(context, name, deadline)) === undefined) throw secretNotFound(name);
  const { buildVariableDeletion } = await import('../secrets/policy-document.ts');
  await loadPolicy(context, branch, buildVariableDeletion(branch, name), { mode: 'update' }, deadline);
}

function outsideBranch({ nameOf }: ConjurContext, name: string, branch: string): ConjurError {
  return new ConjurError(
    'invalid_request',
    `The secret "${name}" cannot be deleted here: only what lies in the policy branch "${branch}" can. Set ${nameOf('policyBranch')} to its branch, or delete it by a policy update of your own.`,
  );
}
