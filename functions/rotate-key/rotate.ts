import type { Deadline } from '../../lib/clock.ts';
import { ConjurError } from '../../lib/errors.ts';
import { assertMayRotate, assertRotation } from '../runtime/access.ts';
import type { FunctionSettings } from '../runtime/settings.ts';
import type { RotationDeps } from './deps.ts';
import { createStepLog } from './deps.ts';
import { type KeyAgeAnswer, lookAtKeyAge } from './key-age.ts';
import { reportRotated, whileCountingFailures } from './report.ts';
import type { StepEvent } from './strategies/conjur-api-key/secrets-manager-step.ts';
import { runSecretsManagerStep, type StepOutcome } from './strategies/conjur-api-key/secrets-manager-step.ts';
import { conjurApiKey } from './strategies/conjur-api-key/strategy.ts';
import type { Rotated, Rotation } from './strategies/strategy.ts';

/** What rotate-key can be asked for: a rotation, a step of one that Secrets Manager runs, or how old the credential is. */
export type RotateRequest =
  | { readonly kind: 'rotation'; readonly rotation: Rotation; readonly overHttp: boolean }
  | { readonly kind: 'step'; readonly event: StepEvent }
  | { readonly kind: 'key-age'; readonly secretId: string | undefined };

export interface RotateAnswer extends Rotated {
  readonly kind: 'rotation';
  readonly strategy: string;
  /** ISO 8601. */
  readonly rotatedAt: string;
  /** Why the event bus did not hear of it, where it should have. */
  readonly eventFailure: string | undefined;
}

export interface StepAnswer extends StepOutcome {
  readonly kind: 'step';
  readonly step: string;
}

/** What rotate-key answers, by what it was asked for. */
export type RotateKeyAnswer = RotateAnswer | StepAnswer | KeyAgeAnswer;

/**
 * The use case of rotate-key. A rotation reads and writes, and both must be allowed; to look at an age is no rotation.
 * @param correlationId stands in the log line of each step
 */
export async function rotate(
  deps: RotationDeps,
  request: RotateRequest,
  deadline: Deadline,
  correlationId?: string,
): Promise<RotateKeyAnswer> {
  if (request.kind === 'key-age') return lookAtKeyAge(deps, request.secretId, deadline);
  return whileCountingFailures(deps, request.kind === 'rotation', async () =>
    request.kind === 'step'
      ? runStepEvent(deps, request.event, deadline, correlationId)
      : runRotation(deps, request, deadline, correlationId),
  );
}

async function runRotation(
  deps: RotationDeps,
  { rotation, overHttp }: Extract<RotateRequest, { kind: 'rotation' }>,
  deadline: Deadline,
  correlationId: string | undefined,
): Promise<RotateAnswer> {
  const { strategy } = rotation;
  assertRotation(deps.settings.keyManagement, rotation);
  if (overHttp && strategy === conjurApiKey.name && !deps.settings.rotateCredentialsOverHttp) throw notOverHttp();
  const logged = createStepLog(deps, { ...logFields(rotation, deps.settings), correlationId });
  const rotated = await rotation.rotate(deps, deadline, logged);
  const rotatedAt = new Date(deps.clock.now()).toISOString();
  const answer = { ...rotated, kind: 'rotation', strategy, rotatedAt } as const;
  return { ...answer, eventFailure: await reportRotated(deps, answer, deadline) };
}

async function runStepEvent(
  deps: RotationDeps,
  event: StepEvent,
  deadline: Deadline,
  correlationId: string | undefined,
): Promise<StepAnswer> {
  assertMayRotate(deps.settings.keyManagement);
  const { Step: step, SecretId: secretId, ClientRequestToken: version } = event;
  const logged = createStepLog(deps, { strategy: conjurApiKey.name, secretId, version, correlationId });
  const outcome = await logged(step, () => runSecretsManagerStep(deps, event, deadline));
  if (step === 'finishSecret' && outcome.outcome === 'done') {
    const rotatedAt = new Date(deps.clock.now()).toISOString();
    await reportRotated(deps, { ...outcome, version, strategy: conjurApiKey.name, rotatedAt }, deadline);
  }
  return { ...outcome, kind: 'step', step };
}

/** Whoever may call the API is not for that reason one who may rotate what all of the functions log in with. */
function notOverHttp(): ConjurError {
  return new ConjurError(
    'forbidden',
    "The functions' own credentials are not rotated over HTTP. Let a schedule or Secrets Manager do it, invoke rotate-key directly, or set CYBERARK_ROTATE_CREDENTIALS_OVER_HTTP=true.",
  );
}

/** What is rotated, and how: a Conjur variable by its `name`, a secret of Secrets Manager by its `secretId`. */
export function logFields(
  { strategy, affectedVariables, secretId }: Rotation,
  settings: FunctionSettings,
): Record<string, string | undefined> {
  return { strategy, name: affectedVariables[0], secretId: secretId(settings) };
}
