import type { ApiKeyCredential } from './auth/credential.ts';
import type { CallOptions } from './clock.ts';
import type { Batch } from './errors.ts';
import type { Listing } from './listing.ts';
import type { LastRotation, RotateApiKeyOfOptions } from './resources/api-keys.ts';
import type {
  CreatedHost,
  CreateHostOptions,
  HostFactoryToken,
  HostFactoryTokenOptions,
} from './resources/host-factory.ts';
import type { IsPermittedOptions } from './resources/is-permitted.ts';
import type { LoadPolicyOptions, PolicyLoadResult } from './resources/load-policy.ts';
import type { ListVariablesOptions, Variable, VariablePage } from './resources/variables.ts';
import type { Identity } from './resources/whoami.ts';
import type { Secret } from './secret.ts';
import type { ReadSecretRequest, SecretValue } from './secrets/read-secret.ts';
import type { VariableDefinition } from './secrets/variable-policy.ts';
import type { WriteResult } from './secrets/write-secret.ts';
import type { SecretToWrite } from './secrets/write-secrets.ts';

export type ReadSecretOptions = ReadSecretRequest & CallOptions;

export interface ReadSecretsOptions extends CallOptions {
  /** Bypasses the value cache, where there is one. Default false. */
  readonly fresh?: boolean | undefined;
}

export interface WriteSecretsOptions extends CallOptions {
  /** Ask for the version after each write, at the cost of one request. Default true. */
  readonly reportVersion?: boolean | undefined;
}

export interface WriteSecretOptions extends WriteSecretsOptions, Omit<VariableDefinition, 'name'> {}

export interface RotateApiKeyOptions extends CallOptions {
  /** Default: the api key that this client logs in with. */
  readonly credential?: ApiKeyCredential | undefined;
}

/**
 * A client of one Conjur with one identity. Keep it: it holds the session token and the connections. Any number of calls may use it at
 * once.
 *
 * Every method may fail with `authentication_failed`, `upstream_unavailable`, `upstream_error` and `deadline_exceeded` besides the
 * codes that it names. Names of variables are checked before anything is sent (`invalid_request`).
 */
export interface ConjurClient extends AsyncDisposable {
  /**
   * Reads the latest value of a variable, or an older version.
   * @throws ConjurError `secret_not_found`, `forbidden`
   * @example
   * const { value } = await conjur.readSecret('app/db/password', { timeoutMs: 2_000 });
   */
  readSecret(name: string, options?: ReadSecretOptions): Promise<SecretValue>;
  /**
   * Reads many at once; one bad name never loses the others.
   * @example
   * const { items, errors } = await conjur.readSecrets(['app/db/user', 'app/db/password']);
   */
  readSecrets(names: readonly string[], options?: ReadSecretsOptions): Promise<Batch<SecretValue>>;
  /**
   * Writes a value; creates the variable if it does not exist.
   * @throws ConjurError `forbidden`, `policy_conflict`, `unprocessable`
   * @example
   * const { created, version } = await conjur.writeSecret('app/token', 'value', { mimeType: 'text/plain' });
   */
  writeSecret(name: string, value: Secret | string | Uint8Array, options?: WriteSecretOptions): Promise<WriteResult>;
  /**
   * Writes many at once, the missing variables created in one policy load; one that fails never loses the others.
   * @throws ConjurError `invalid_request` for a name that comes twice
   * @example
   * const { items, errors } = await conjur.writeSecrets([{ name: 'app/a', value: '1' }, { name: 'app/b', value: '2' }]);
   */
  writeSecrets(secrets: readonly SecretToWrite[], options?: WriteSecretsOptions): Promise<Batch<WriteResult>>;
  /**
   * The variables that this identity may see, without values: awaited, a page of them; by `for await`, all of them.
   * @throws ConjurError `invalid_request` for a limit or offset out of its bounds
   * @example
   * for await (const { name } of conjur.listVariables({ search: 'password' })) console.log(name);
   * const { variables, nextOffset } = await conjur.listVariables({ limit: 50 });
   */
  listVariables(options?: ListVariablesOptions & CallOptions): Listing<Variable, VariablePage>;
  /**
   * A variable without its value; undefined where it does not exist or may not be seen.
   * @example
   * const version = (await conjur.showVariable('app/db/password'))?.version;
   */
  showVariable(name: string, options?: CallOptions): Promise<Variable | undefined>;
  /**
   * Whom Conjur takes this client for.
   * @example
   * const { login } = await conjur.whoami();
   */
  whoami(options?: CallOptions): Promise<Identity>;
  /**
   * Whether this identity, or another role, holds a privilege; false also for what does not exist.
   * @example
   * if (await conjur.isPermitted('app/db/password', 'update')) await conjur.writeSecret('app/db/password', 'new');
   */
  isPermitted(id: string, privilege: string, options?: IsPermittedOptions & CallOptions): Promise<boolean>;
  /**
   * Loads a policy document into a branch; with `dryRun` it is only checked.
   * @throws ConjurError `forbidden`, `policy_conflict`, `unprocessable`
   * @example
   * const { createdRoles } = await conjur.loadPolicy('root', '- !host ci', { dryRun: true });
   */
  loadPolicy(branch: string, document: string, options?: LoadPolicyOptions & CallOptions): Promise<PolicyLoadResult>;
  /**
   * Deletes a variable with all its versions, by a policy update of `policyBranch`.
   * @throws ConjurError `secret_not_found`, `forbidden`, `policy_conflict`
   * @example
   * await conjur.deleteVariable('app/token');
   */
  deleteVariable(name: string, options?: CallOptions): Promise<void>;
  /**
   * Gives one's own role a new api key, which this client uses from then on; the old one is dead at once. Store the new key: the
   * answer is the only copy. Never repeated.
   * @throws ConjurError `authentication_failed`, `upstream_unavailable`, `invalid_request`
   * @example
   * const newKey = await conjur.rotateApiKey();
   */
  rotateApiKey(options?: RotateApiKeyOptions): Promise<Secret>;
  /**
   * Gives another role (`host:path/name`) a new api key.
   * @throws ConjurError `forbidden`, `authentication_failed`
   * @example
   * const key = await conjur.rotateApiKeyOf('host:app/green');
   */
  rotateApiKeyOf(role: string, options?: RotateApiKeyOfOptions & CallOptions): Promise<Secret>;
  /**
   * When a role's api key was last rotated. Conjur 1.24 and later.
   * @throws ConjurError `forbidden`
   * @example
   * const { rotatedAt } = await conjur.lastRotation('host:app/green');
   */
  lastRotation(role: string, options?: CallOptions): Promise<LastRotation>;
  /**
   * Makes tokens by which machines create hosts of a host factory. Needs `execute` on the factory.
   * @throws ConjurError `forbidden`, `unprocessable`
   * @example
   * const [made] = await conjur.createHostFactoryTokens('app/factory', { expiresAt: new Date(Date.now() + 3_600_000) });
   */
  createHostFactoryTokens(
    factory: string,
    options: HostFactoryTokenOptions & CallOptions,
  ): Promise<readonly HostFactoryToken[]>;
  /**
   * Creates a host by a host factory's token, without a login of one's own; a host that the factory has created gets a new api key.
   * @throws ConjurError `authentication_failed`, `unprocessable`
   * @example
   * const { apiKey } = await conjur.createHost(token, 'app/machine-17');
   */
  createHost(token: Secret | string, id: string, options?: CreateHostOptions & CallOptions): Promise<CreatedHost>;
  /**
   * Revokes a host factory's token; false where there is none. Needs `update` on the factory.
   * @throws ConjurError `forbidden`
   * @example
   * await conjur.revokeHostFactoryToken(token);
   */
  revokeHostFactoryToken(token: Secret | string, options?: CallOptions): Promise<boolean>;
  /**
   * Gets a session token unless one is there. Useful at start, to fail early.
   * @example
   * await conjur.authenticate({ timeoutMs: 5_000 });
   */
  authenticate(options?: CallOptions): Promise<void>;
  /**
   * Milliseconds since the session token was got; undefined without one.
   * @example
   * const age = conjur.tokenAgeMs();
   */
  tokenAgeMs(): number | undefined;
  /**
   * Resolves when nothing is left in flight, such as a refresh of the session token; undefined where nothing is. Await it before the
   * process is frozen.
   * @example
   * await conjur.idle();
   */
  idle(): Promise<void> | undefined;
  /**
   * Ends the connections, after the requests that are under way; `await using` does so at the end of its block.
   * @example
   * process.once('SIGTERM', () => conjur.close());
   */
  close(): Promise<void>;
}
