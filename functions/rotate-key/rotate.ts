import type { Deadline } from '../../lib/deadline.ts';
import { assertAccess } from '../runtime/access.ts';
import type { RotateRequest } from './api.ts';
import type { RotationPorts } from './deps.ts';
import { createRunStep } from './deps.ts';
import { type KeyAgeAnswer, lookAtKeyAge } from './key-age.ts';
import { reportRotated, whileCountingFailures } from './report.ts';
import type { StepEvent } from './strategies/conjur-api-key/secrets-manager-step.ts';
import { runSecretsManagerStep, type StepOutcome } from './strategies/conjur-api-key/secrets-manager-step.ts';
import { conjurApiKey } from './strategies/conjur-api-key/strategy.ts';
import type { Rotated } from './strategies/strategy.ts';

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

/** The use case of rotate-key. A rotation reads and writes, and both must be allowed; to look at an age is no rotation. */
export async function rotate(
  ports: RotationPorts,
  request: RotateRequest,
  deadline: Deadline,
): Promise<RotateKeyAnswer> {
  if (request.kind === 'key-age') return lookAtKeyAge(ports, request.secretId, deadline);
  return whileCountingFailures(ports, async () =>
    request.kind === 'step' ? runStepEvent(ports, request.event, deadline) : runRotation(ports, request, deadline),
  );
}

async function runRotation(
  ports: RotationPorts,
  { strategy, input }: Extract<RotateRequest, { kind: 'rotation' }>,
  deadline: Deadline,
): Promise<RotateAnswer> {
  const variables = strategy.variablesOf(input);
  assertAllowed(ports, variables);
  const runStep = createRunStep(ports, { strategy: strategy.name, ...toAbout(variables) });
  const rotated = await strategy.rotate(ports, input, deadline, runStep);
  const rotatedAt = new Date(ports.clock.now()).toISOString();
  const answer = { ...rotated, kind: 'rotation', strategy: strategy.name, rotatedAt } as const;
  return { ...answer, eventFailure: await reportRotated(ports, answer, deadline) };
}

async function runStepEvent(ports: RotationPorts, event: StepEvent, deadline: Deadline): Promise<StepAnswer> {
  assertAllowed(ports, []);
  const { Step: step, SecretId: secretId, ClientRequestToken: version } = event;
  const runStep = createRunStep(ports, { strategy: conjurApiKey.name, secretId, version });
  const outcome = await runStep(step, () => runSecretsManagerStep(ports, event, deadline));
  if (step === 'finishSecret' && outcome.outcome === 'done') {
    const rotatedAt = new Date(ports.clock.now()).toISOString();
    await reportRotated(ports, { ...outcome, version, strategy: conjurApiKey.name, rotatedAt }, deadline);
  }
  return { ...outcome, kind: 'step', step };
}

/** @throws ConjurError `access_mode_denied`, `not_hosted` */
function assertAllowed({ settings }: RotationPorts, variables: readonly string[]): void {
  for (const variable of variables.length === 0 ? [undefined] : variables) {
    assertAccess(settings.keyManagement, 'read', variable);
    assertAccess(settings.keyManagement, 'write', variable);
  }
}

function toAbout([name]: readonly string[]): Record<string, string> {
  return name === undefined ? {} : { name };
}
