import type { ApiKeyCredential } from '../authn/credential-source.ts';
import type { Deadline } from '../deadline.ts';
import type { VariableDefinition } from '../policy/variable-definition.ts';
import type { Secret } from '../secret.ts';
import type { IsPermittedOptions } from './is-permitted.ts';
import type { LastRotation } from './last-rotation.ts';
import type { ListVariablesOptions, VariablePage } from './list-variables.ts';
import type { LoadPolicyOptions, PolicyLoadResult } from './load-policy.ts';
import type { Variable } from './parse-variable.ts';
import type { ReadSecretRequest, SecretValue } from './read-secret.ts';
import type { BatchResult } from './read-secrets.ts';
import type { RotateApiKeyOfOptions } from './rotate-api-key-of.ts';
import type { Identity } from './whoami.ts';
import type { WriteResult } from './write-secret.ts';
import type { BatchWriteResult, SecretWrite } from './write-secrets.ts';

export interface CallOptions {
  /** Until when an answer must be there. Default: 30 seconds from the call. */
  readonly deadline?: Deadline | undefined;
}

export type ReadSecretOptions = ReadSecretRequest & CallOptions;

export interface ReadSecretsOptions extends CallOptions {
  /** Past the value cache, where there is one. Default false. */
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
 * A client of one Conjur with one identity. Keep it: it holds the session token and the connections.
 *
 * Every method may fail with `authentication_failed`, `upstream_unavailable`, `upstream_error` and `deadline_exceeded` besides the
 * codes that it names. Names of variables are checked before anything is sent (`invalid_request`).
 */
export interface ConjurClient {
  /** @throws ConjurError `secret_not_found`, `forbidden` */
  readSecret(name: string, options?: ReadSecretOptions): Promise<SecretValue>;
  /** Many at once; one bad name never loses the others. */
  readSecrets(names: readonly string[], options?: ReadSecretsOptions): Promise<BatchResult>;
  /** Makes the variable where it is missing. @throws ConjurError `forbidden`, `policy_conflict`, `unprocessable` */
  writeSecret(name: string, value: Secret | string | Uint8Array, options?: WriteSecretOptions): Promise<WriteResult>;
  /** Many at once, the missing variables made in one policy load; one that fails never loses the others. Names must be distinct. */
  writeSecrets(secrets: readonly SecretWrite[], options?: WriteSecretsOptions): Promise<BatchWriteResult>;
  /** A page of the variables that this identity may see, without values. */
  listVariables(options?: ListVariablesOptions & CallOptions): Promise<VariablePage>;
  /** Undefined where it is not there or may not be seen. */
  showVariable(name: string, options?: CallOptions): Promise<Variable | undefined>;
  /** Whom Conjur takes this client for. */
  whoami(options?: CallOptions): Promise<Identity>;
  /** Whether this identity, or another role, holds a privilege; false also for what is not there. */
  isPermitted(id: string, privilege: string, options?: IsPermittedOptions & CallOptions): Promise<boolean>;
  /** With `dryRun` it only checks. @throws ConjurError `forbidden`, `policy_conflict`, `unprocessable` */
  loadPolicy(branch: string, document: string, options?: LoadPolicyOptions & CallOptions): Promise<PolicyLoadResult>;
  /** With all its versions, by a policy update. @throws ConjurError `secret_not_found`, `forbidden`, `policy_conflict` */
  deleteVariable(name: string, options?: CallOptions): Promise<void>;
  /**
   * Gives one's own role a new api key, which this client uses from then on; the old one is dead at once. Store the new key: the
   * answer is the only copy. Never repeated. @throws ConjurError `authentication_failed`, `upstream_unavailable`, `invalid_request`
   */
  rotateApiKey(options?: RotateApiKeyOptions): Promise<Secret>;
  /** Gives another role (`host:path/name`) a new api key. @throws ConjurError `forbidden`, `authentication_failed` */
  rotateApiKeyOf(role: string, options?: RotateApiKeyOfOptions & CallOptions): Promise<Secret>;
  /** When a role's api key was last rotated; of Conjur 1.24 and later. @throws ConjurError `forbidden` */
  lastRotation(role: string, options?: CallOptions): Promise<LastRotation>;
  /** Sees to it that a session token is there. */
  authenticate(options?: CallOptions): Promise<void>;
  /** Milliseconds since the session token was got; undefined without one. */
  tokenAgeMs(): number | undefined;
  /** Resolves when nothing is left in flight; undefined where nothing is. Await it before a Lambda invocation ends. */
  settled(): Promise<void> | undefined;
  /** Ends the connections. */
  close(): Promise<void>;
}
