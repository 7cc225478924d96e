import { codedError, forbidden } from './http/reply-error.ts';
import type { LoadMode } from './policy/apply-policy.ts';

/** Which Conjur the server is: a self-hosted one, as the open source is, or the vendor's service. */
export type Edition = 'self-hosted' | 'saas';

/** The only account of the service. */
export const SAAS_ACCOUNT = 'conjur';

/** What stands in front of every path. */
export function prefixOf(edition: Edition): string {
  return edition === 'saas' ? '/api' : '';
}

/**
 * On the service nobody, the admin included, loads into the root policy or replaces the branch `data` as a whole, and there is
 * no dry run.
 *
 * @throws {ReplyError} 403 for the branch, 422 for the dry run: it must not become a load.
 */
export function checkLoadOfEdition(
  { edition }: { readonly edition: Edition },
  branch: string,
  mode: LoadMode,
  isDryRun: boolean,
): void {
  if (edition !== 'saas') return;
  if (branch === 'root' || branch === 'conjur' || (branch === 'data' && mode === 'replace')) throw forbidden();
  if (isDryRun) throw codedError(422, 'argument_error', 'dryRun is not supported');
}
