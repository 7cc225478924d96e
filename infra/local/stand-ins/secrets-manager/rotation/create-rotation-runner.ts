import { AwsJsonError } from '../../aws-json/aws-json-error.ts';
import type { SecretRecord } from '../secret-record.ts';
import type { SecretStore } from '../secret-store.ts';
import { detachLabel, findLabelHolder, findVersion } from '../staging-labels.ts';
import { ROTATION_STEPS, type RotationEvent, type RotationStep } from './rotation-event.ts';

/** Calls the rotation function of `lambdaArn` with one event; rejects when the function failed. */
export type InvokeRotation = (event: RotationEvent, lambdaArn: string) => Promise<void>;

/** A step that the rotation function failed; the steps after it were not called. */
export interface RotationFailure {
  readonly secretName: string;
  readonly step: RotationStep;
  readonly cause: unknown;
}

export interface RotationRunner {
  /** @throws AwsJsonError AccessDeniedException when there is no way to call a rotation function. */
  checkInvocable(): void;
  /** Calls the four steps in the background; nothing if a rotation of this secret is running. */
  start(secret: SecretRecord, token: string): void;
  /** Calls `testSecret` alone in the background, then takes the version that was made for it away. */
  startTest(secret: SecretRecord, token: string): void;
  /** Steps that have not begun are not called any more. Labels stay as they are. */
  cancel(secret: SecretRecord): void;
  cancelAll(): void;
  /** Resolves when no rotation is running. */
  idle(): Promise<void>;
}

export interface RotationRunnerOptions {
  readonly store: SecretStore;
  readonly now: () => number;
  readonly random: (size: number) => Uint8Array;
  readonly invoke: InvokeRotation | undefined;
  readonly onFailed: (failure: RotationFailure) => void;
}

interface Run {
  cancelled: boolean;
  done: Promise<void>;
}

/** Runs rotations beside the requests, at most one for each secret. */
export function createRotationRunner(options: RotationRunnerOptions): RotationRunner {
  const runs = new Map<string, Run>();
  const begin = (secret: SecretRecord, work: (run: Run) => Promise<void>) => {
    if (runs.has(secret.arn)) return;
    const run: Run = { cancelled: false, done: Promise.resolve() };
    runs.set(secret.arn, run);
    run.done = work(run).finally(() => {
      if (runs.get(secret.arn) === run) runs.delete(secret.arn);
    });
  };
  const cancel = (arn: string) => {
    const run = runs.get(arn);
    if (run === undefined) return;
    run.cancelled = true;
    runs.delete(arn);
  };
  return {
    checkInvocable() {
      if (options.invoke === undefined) throw notInvocable();
    },
    start(secret, token) {
      begin(secret, async (run) => {
        if (await callSteps(options, run, secret, token, ROTATION_STEPS)) recordRotation(options, secret, token);
      });
    },
    startTest(secret, token) {
      begin(secret, async (run) => {
        await callSteps(options, run, secret, token, ['testSecret']);
        removeTestVersion(options, secret, token);
      });
    },
    cancel: ({ arn }) => cancel(arn),
    cancelAll: () => [...runs.keys()].forEach(cancel),
    async idle() {
      while (runs.size > 0) await Promise.all([...runs.values()].map(({ done }) => done));
    },
  };
}

/** True when every step was called and none failed. */
async function callSteps(
  { invoke, random, onFailed }: RotationRunnerOptions,
  run: Run,
  secret: SecretRecord,
  token: string,
  steps: readonly RotationStep[],
): Promise<boolean> {
  // RotateSecret must have answered before the first step is called.
  await new Promise((resolve) => setImmediate(resolve));
  for (const step of steps) {
    if (run.cancelled || secret.rotation === undefined) return false;
    const RotationToken = Buffer.from(random(16)).toString('hex');
    const event = { Step: step, SecretId: secret.arn, ClientRequestToken: token, RotationToken };
    try {
      await invoke?.(event, secret.rotation.lambdaArn);
    } catch (cause) {
      if (!run.cancelled) onFailed({ secretName: secret.name, step, cause });
      return false;
    }
  }
  return true;
}

function recordRotation({ store, now }: RotationRunnerOptions, secret: SecretRecord, token: string): void {
  if (findLabelHolder(secret, 'AWSCURRENT')?.id !== token) return;
  secret.lastRotatedAtMs = now();
  store.save();
}

function removeTestVersion({ store }: RotationRunnerOptions, secret: SecretRecord, token: string): void {
  const version = findVersion(secret, token);
  if (version === undefined) return;
  detachLabel(version, 'AWSPENDING');
  if (version.stages.length === 0) secret.versions = secret.versions.filter((other) => other !== version);
  store.save();
}

function notInvocable(): AwsJsonError {
  return new AwsJsonError(
    'AccessDeniedException',
    'Secrets Manager cannot invoke the specified Lambda function. Start this stand-in with a rotation endpoint ' +
      '(--rotation-endpoint), the Lambda endpoint of serverless-offline for one.',
  );
}
