import { randomBytes } from 'node:crypto';
import { createAwsJsonServer } from '../aws-json/create-aws-json-server.ts';
import type { LocalServer } from '../http/create-json-server.ts';
import type { RequestHook } from '../http/request-fault.ts';
import { createJsonFile } from '../json-file/create-json-file.ts';
import type { OperationContext } from './operations/operation.ts';
import { operations } from './operations/operations.ts';
import { createLambdaInvocation } from './rotation/create-lambda-invocation.ts';
import { createRotationRunner, type InvokeRotation, type RotationFailure } from './rotation/create-rotation-runner.ts';
import type { SecretsFile } from './secret-record.ts';
import { createSecretStore } from './secret-store.ts';

export interface LocalSecretsManagerOptions {
  /** TCP port on 127.0.0.1; 0 takes a free one. Default 0. */
  readonly port?: number;
  /** JSON file that keeps the secrets, in plain text, readable by its owner alone. Default `:memory:`. */
  readonly data?: string;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** That many random bytes. Default: the system's generator. */
  readonly random?: (size: number) => Uint8Array;
  /** AWS region in the ARN of a new secret. Default us-east-1. */
  readonly region?: string;
  /** Calls the rotation function; goes before `rotationEndpoint`. */
  readonly invokeRotation?: InvokeRotation;
  /** Base URL of a Lambda Invoke API that has the rotation functions, such as serverless-offline's `http://127.0.0.1:3002`. */
  readonly rotationEndpoint?: string;
  /** How many reads by the label AWSPENDING find nothing after a value was put there; reads by version id do. Default 0. */
  readonly pendingInvisibleReads?: number;
  /** Sees each request before it takes effect, and may spoil it. */
  readonly onRequest?: RequestHook;
  /** Told of each step that a rotation function failed. Default: a line on stderr. */
  readonly onRotationFailed?: (failure: RotationFailure) => void;
}

export interface LocalSecretsManager extends LocalServer {
  /** Resolves when no rotation is running. */
  rotationsDone(): Promise<void>;
}

/**
 * Starts a stand-in for AWS Secrets Manager, for development and tests: `new SecretsManagerClient({endpoint: url, …})`.
 *
 * Rules of the real one that it keeps:
 * - A ClientRequestToken is the version's id. The same token with the same value changes nothing; with another value it is
 *   ResourceExistsException.
 * - A staging label is on one version at most. Moving one that is on another version needs RemoveFromVersionId. When AWSCURRENT
 *   moves, AWSPREVIOUS follows by itself. AWSCURRENT cannot be removed.
 * - RotateSecret answers at once; the version exists as AWSPENDING, without a value, before the function gets `createSecret`; the
 *   four steps are called in order, and the first that fails ends the attempt. `RotateImmediately: false` calls `testSecret` only.
 *   While AWSPENDING is on a version that is not AWSCURRENT, the next RotateSecret is refused and that rotation is tried again.
 *   The same token again repeats an unfinished rotation, and does nothing after a finished one.
 * - 65,536 bytes of value, 20 labels on a version; beyond 100 versions the oldest without a label are removed.
 * - A deleted secret refuses everything but DescribeSecret, ListSecretVersionIds and RestoreSecret until its recovery window has
 *   passed; ForceDeleteWithoutRecovery deletes at once.
 * - The types of errors, and most of their messages.
 *
 * Rules that it does not keep:
 * - Signatures are not checked, nor permissions, KMS keys, resource policies, replicas, tags as conditions, quotas per second.
 * - Nothing rotates on a schedule, and a rotation that failed is not tried again by itself.
 * - Versions without a label go when there are more than 100, also when they are younger than 24 hours.
 * - Other operations (UpdateSecret, ListSecrets, BatchGetSecretValue, …) answer UnknownOperationException.
 * - That AWSCURRENT refuses to move to a version without a value is a rule of this stand-in.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
 *
 * @throws Error when the port is taken, or the data file is not one of this server's.
 */
export async function createLocalSecretsManager(
  options: LocalSecretsManagerOptions = {},
): Promise<LocalSecretsManager> {
  const now = options.now ?? Date.now;
  const random = options.random ?? randomBytes;
  const file = createJsonFile<SecretsFile>(options.data ?? ':memory:', {
    format: 'local-secrets-manager-1',
    secrets: [],
  });
  const store = createSecretStore(file, now);
  const onFailed = options.onRotationFailed ?? printRotationFailure;
  const closed = new AbortController();
  const invoke = toInvocation(options, closed.signal);
  const rotation = createRotationRunner({ store, now, random, invoke, onFailed });
  const context: OperationContext = {
    store,
    now,
    random,
    region: options.region ?? 'us-east-1',
    rotation,
    pendingInvisibleReads: options.pendingInvisibleReads ?? 0,
    hiddenPendingReads: new Map(),
  };
  const server = await createAwsJsonServer({
    port: options.port,
    targetPrefix: 'secretsmanager',
    operations: new Map([...operations].map(([name, operation]) => [name, (input) => operation(context, input)])),
    onRequest: options.onRequest,
  });
  return {
    url: server.url,
    rotationsDone: () => rotation.idle(),
    async close() {
      rotation.cancelAll();
      closed.abort();
      await server.close();
    },
  };
}

function toInvocation(
  { invokeRotation, rotationEndpoint }: LocalSecretsManagerOptions,
  closed: AbortSignal,
): InvokeRotation | undefined {
  if (invokeRotation !== undefined || rotationEndpoint === undefined) return invokeRotation;
  return createLambdaInvocation(rotationEndpoint, closed);
}

function printRotationFailure({ secretName, step, cause }: RotationFailure): void {
  console.error(`Rotation of ${secretName}: ${step} failed. ${cause instanceof Error ? cause.message : ''}`);
}
