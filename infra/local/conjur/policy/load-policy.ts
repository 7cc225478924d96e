import { createHash } from 'node:crypto';
import { internalError, notFoundMessage, recordNotFound } from '../http/reply-error.ts';
import type { CredentialStore } from '../store/credentials.ts';
import type { Database } from '../store/database.ts';
import { createSecrets } from '../store/secrets.ts';
import { applyDeletions, applyRows, isDeletion, type LoadMode, type Target } from './apply-policy.ts';
import { checkDynamicVariables } from './check-dynamic-variables.ts';
import { parsePolicy } from './parse-policy.ts';
import { PolicyReferenceError, PolicyTextError } from './policy-error.ts';
import { createPolicyObject, createRoleReference, type PolicyObject } from './policy-object.ts';
import { type KnownRecords, type PolicyRows, toPolicyRows } from './policy-rows.ts';
import { findWarnings } from './policy-warnings.ts';
import { resolvePolicy } from './resolve-policy.ts';

/** How many texts of a policy are kept. */
const POLICY_VERSION_LIMIT = 20;

/** One policy text on its way into a branch. */
export interface PolicyLoad {
  /** The branch, `account:policy:identifier`. */
  readonly policyId: string;
  readonly text: string;
  readonly mode: LoadMode;
  /** Who loads it. */
  readonly roleId: string;
  readonly clientIp: string;
}

/** What a load did. */
export interface LoadedPolicy {
  readonly version: number;
  /** New users and hosts with their api keys. */
  readonly createdRoles: Record<string, { id: string; api_key: string }>;
  /** What may not have been meant. */
  readonly warnings: string[];
}

/** What loading needs from its surroundings. */
export interface LoadPorts {
  readonly database: Database;
  readonly credentials: CredentialStore;
  /** Whether a host gets an api key unasked (`CONJUR_AUTHN_API_KEY_DEFAULT` of a genuine Conjur). */
  readonly areApiKeysDefault: boolean;
  /** Whether variables below `data/dynamic/` have values that issuers make. */
  readonly isDynamicSecretsOn: boolean;
  readonly now: () => number;
}

/**
 * Loads a policy text: all of it or, when anything in it is wrong, nothing.
 *
 * @throws {ReplyError} 404 when the branch does not exist, 422 when the text cannot be loaded.
 */
export function loadPolicyText(ports: LoadPorts, load: PolicyLoad): LoadedPolicy {
  const { database, now } = ports;
  return database.transaction(() => {
    const [account = '', , ...path] = load.policyId.split(':');
    const objects = readObjects(database, load, account, path.join(':'));
    const createdAt = toTimestamp(now());
    const target: Target = { policyId: load.policyId, account, createdAt };
    const version = saveVersion(database, load, createdAt);
    const rows = toPolicyRows(
      objects.filter((object) => !isDeletion(object)),
      account,
      knownRecords(database),
    );
    if (!ports.areApiKeysDefault) checkApiKeysAsked(rows);
    if (ports.isDynamicSecretsOn) checkDynamicVariables(database, rows, account, load.roleId);
    const created = applyRows(database, rows, load.mode, target);
    if (load.mode === 'replace') checkReferences(rows, new Set(created), knownRecords(database));
    // Last, so that of a right that is both given and taken away nothing is left.
    applyDeletions(database, objects.filter(isDeletion), target);
    restrict(ports, rows, load.mode);
    const createdRoles = createCredentials(ports, created);
    const secrets = createSecrets(database);
    for (const { resourceId, value } of rows.publicKeys) secrets.write(resourceId, Buffer.from(value));
    database.run(
      'UPDATE policy_versions SET finished_at = ? WHERE resource_id = ? AND version = ?',
      toTimestamp(now()),
      load.policyId,
      version,
    );
    return { version, createdRoles, warnings: findWarnings(objects) };
  });
}

/** Time as Conjur writes it: ISO 8601 with an offset. */
export function toTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '+00:00');
}

function readObjects(database: Database, load: PolicyLoad, account: string, path: string): PolicyObject[] {
  const owner = database.first('SELECT owner_id FROM resources WHERE resource_id = ?', load.policyId)?.owner_id;
  if (typeof owner !== 'string') throw recordNotFound(load.policyId);
  if (load.text.trim() === '') throw new PolicyTextError('is not present');
  const statements = parsePolicy(load.text);
  const branch = createPolicyObject('policy', path);
  branch.values.owner = createRoleReference(owner);
  branch.values.body = statements;
  const objects = resolvePolicy(path === 'root' ? statements : [branch], { account, ownerId: owner });
  if (load.mode === 'create' && objects.some(isDeletion))
    throw new PolicyTextError('may not contain deletion statements');
  return objects;
}

function knownRecords(database: Database): KnownRecords {
  return {
    hasRole: (id: string) => database.first('SELECT 1 FROM roles WHERE role_id = ?', id) !== undefined,
    hasResource: (id: string) => database.first('SELECT 1 FROM resources WHERE resource_id = ?', id) !== undefined,
  };
}

/**
 * A text that replaces a branch may refer to what the branch had, and what it takes away by not declaring it.
 *
 * @throws {PolicyReferenceError} for the first of them: owners of new records, grants, other owners, permits.
 */
function checkReferences(rows: PolicyRows, created: ReadonlySet<string>, { hasRole, hasResource }: KnownRecords): void {
  const roles = [
    ...rows.resources.filter(({ id }) => created.has(id)).map(({ ownerId }) => ownerId),
    ...rows.memberships.filter(({ ownership }) => !ownership).flatMap(({ roleId, memberId }) => [roleId, memberId]),
    ...rows.resources.map(({ ownerId }) => ownerId),
  ];
  const missing =
    roles.find((id) => !hasRole(id)) ??
    rows.permissions.find(({ resourceId }) => !hasResource(resourceId))?.resourceId ??
    rows.permissions.find(({ roleId }) => !hasRole(roleId))?.roleId;
  if (missing !== undefined) throw new PolicyReferenceError(notFoundMessage(missing));
}

function saveVersion(database: Database, load: PolicyLoad, createdAt: string): number {
  const latest = database.first(
    'SELECT max(version) AS version FROM policy_versions WHERE resource_id = ?',
    load.policyId,
  );
  const version = Number(latest?.version ?? 0) + 1;
  const sha256 = createHash('sha256').update(load.text).digest('hex');
  database.run(
    `INSERT INTO policy_versions (resource_id, version, role_id, created_at, policy_text, policy_sha256, client_ip)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ...[load.policyId, version, load.roleId, createdAt, load.text, sha256, load.clientIp],
  );
  const oldest = version - POLICY_VERSION_LIMIT;
  database.run('DELETE FROM policy_versions WHERE resource_id = ? AND version <= ?', load.policyId, oldest);
  return version;
}

function createCredentials(
  { database, credentials: store }: LoadPorts,
  created: string[],
): LoadedPolicy['createdRoles'] {
  const { hasRole } = knownRecords(database);
  const actors = created.filter((id) => /^[^:]*:(?:user|host):/.test(id));
  return Object.fromEntries(
    actors.map((id) => {
      if (!hasRole(id)) throw new PolicyReferenceError(notFoundMessage(id));
      return [id, { id, api_key: store.create(id).apiKey }];
    }),
  );
}

/**
 * A POST only adds to the addresses that a role may log in from; PATCH and PUT set them. A genuine Conjur does not expect a role
 * that the same text both declares and deletes, and fails.
 */
function restrict({ database, credentials }: LoadPorts, rows: PolicyRows, mode: LoadMode): void {
  const { hasRole } = knownRecords(database);
  for (const { roleId, cidrs } of rows.restrictions) {
    if (!hasRole(roleId)) throw internalError();
    if (cidrs.length === 0 && mode === 'create') continue;
    const known = credentials.create(roleId);
    const kept = mode === 'create' ? known.restrictedTo : [];
    credentials.restrict(roleId, [...new Set([...kept, ...cidrs])]);
  }
}

/**
 * On a server that gives no api keys unasked, every host must say that it wants one. A genuine Conjur 1.24 refuses the
 * others as a whole, also those that say `false`.
 */
function checkApiKeysAsked(rows: PolicyRows): void {
  const asked = new Map(
    rows.annotations.filter(({ name }) => name === 'authn/api-key').map((row) => [row.resourceId, row.value]),
  );
  const hosts = rows.roles.filter((id) => id.split(':', 2)[1] === 'host');
  const silent = hosts.find((id) => (asked.get(id) ?? 'false').toLowerCase() === 'false');
  if (silent === undefined) return;
  throw new PolicyReferenceError(
    `Host '${silent.split(':').slice(2).join(':')}' needs the annotation authn/api-key: true. ` +
      'This server gives hosts no api keys by default (CONJUR_AUTHN_API_KEY_DEFAULT=false).',
  );
}
