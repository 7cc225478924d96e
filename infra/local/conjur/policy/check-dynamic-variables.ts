import type { Database } from '../store/database.ts';
import { createIssuers, DYNAMIC_BRANCH, ISSUERS_POLICY, type Issuer, TTL_SECONDS } from '../store/issuers.ts';
import { createPermissions } from '../store/permissions.ts';
import { PolicyReferenceError } from './policy-error.ts';
import type { PolicyRows } from './policy-rows.ts';

/** What AWS makes credentials by, and how long those live at most, in seconds. */
const METHODS: Readonly<Record<string, number>> = { 'federation-token': TTL_SECONDS.max, 'assume-role': 129_600 };

/**
 * Looks at the dynamic variables of a policy: each stands below `data/dynamic/` and says in annotations which issuer makes its values
 * (`dynamic/issuer`), how (`dynamic/method`) and, if it likes, how long they live (`dynamic/ttl`).
 *
 * @param roleId who loads the policy, and must have the privilege `use` on the issuer's own policy
 * @throws {PolicyReferenceError} 422, with the annotation to mend.
 */
export function checkDynamicVariables(database: Database, rows: PolicyRows, account: string, roleId: string): void {
  const issuers = createIssuers(database, account);
  const permissions = createPermissions(database);
  for (const { id } of rows.resources) {
    if (!id.startsWith(`${account}:variable:`)) continue;
    const name = id.slice(`${account}:variable:`.length);
    const asked = annotationsOf(rows, id);
    if (!name.startsWith(DYNAMIC_BRANCH)) {
      if (asked.has('dynamic/issuer')) throw fault(name, `must stand below ${DYNAMIC_BRANCH}`);
      continue;
    }
    const issuerId = asked.get('dynamic/issuer');
    if (issuerId === undefined) throw fault(name, 'needs the annotation dynamic/issuer');
    const issuer = issuers.find(issuerId);
    const policyId = `${account}:policy:${ISSUERS_POLICY}/${issuerId}`;
    if (issuer === undefined || !permissions.isAllowed(roleId, 'use', policyId))
      throw new PolicyReferenceError(`Issuer '${issuerId}' not found in account '${account}'`);
    checkMethod(name, asked, issuer);
  }
}

function checkMethod(name: string, asked: ReadonlyMap<string, string>, issuer: Issuer): void {
  const longest = METHODS[asked.get('dynamic/method') ?? ''];
  if (longest === undefined)
    throw fault(name, `needs the annotation dynamic/method: ${Object.keys(METHODS).join(' or ')}`);
  const ttl = asked.get('dynamic/ttl');
  if (ttl === undefined) return;
  const max = Math.min(longest, issuer.maxTtlSeconds);
  if (Number(ttl) >= TTL_SECONDS.min && Number(ttl) <= max) return;
  throw fault(name, `may live from ${TTL_SECONDS.min} to ${max} seconds (annotation dynamic/ttl)`);
}

function annotationsOf({ annotations }: PolicyRows, id: string): Map<string, string> {
  return new Map(annotations.filter(({ resourceId }) => resourceId === id).map(({ name, value }) => [name, value]));
}

function fault(name: string, problem: string): PolicyReferenceError {
  return new PolicyReferenceError(`The dynamic variable '${name}' ${problem}.`);
}
