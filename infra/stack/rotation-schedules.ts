import { parseDirect } from '../../functions/rotate-key/api.ts';
import { isConjurError } from '../../lib/errors.ts';
import { type Credential, resolveCredential } from './credential.ts';
import { isLocalRun } from './is-local-run.ts';
import { type ResolverContext, resolveSetting } from './resolver-context.ts';
import { resolveRoutes } from './routes.ts';
import { needsOwnCredential } from './scheduled-secrets.ts';

/** An entry of `custom.rotations`: when, and beside that the call of rotate-key itself. */
export interface Rotation {
  /** `rate(…)` or `cron(…)` of EventBridge Scheduler. */
  readonly rate: string;
  readonly enabled: boolean;
  readonly timezone: string | undefined;
  /** The event that rotate-key gets. */
  readonly input: Readonly<Record<string, unknown>>;
}

const EXPRESSION = /^(?:rate\(\d+ (?:minute|hour|day)s?\)|cron\(\S+(?: \S+){5}\))$/;

/**
 * Reads `custom.rotations`, and tries each call on rotate-key's own parser: a mistake shows when the stack is packaged, and not in
 * the night of the first rotation.
 * @throws Error that names the entry
 */
export function parseRotations(rotations: unknown): Rotation[] {
  if (rotations === null || rotations === undefined) return [];
  if (!Array.isArray(rotations)) throw new Error('custom.rotations must be a list.');
  return rotations.map((entry, index) => parseRotation(entry, `custom.rotations[${index}]`));
}

function parseRotation(entry: unknown, where: string): Rotation {
  if (typeof entry !== 'object' || entry === null)
    throw new Error(`${where} must be a block with name, strategy and rate.`);
  const { rate, enabled = true, timezone, ...input } = entry as Record<string, unknown>;
  if (typeof rate !== 'string' || !EXPRESSION.test(rate))
    throw new Error(`${where}.rate must be an expression such as rate(30 days) or cron(0 3 1 * ? *).`);
  if (typeof enabled !== 'boolean') throw new Error(`${where}.enabled must be true or false.`);
  if (timezone !== undefined && typeof timezone !== 'string')
    throw new Error(`${where}.timezone must be a name such as Europe/Berlin.`);
  if ('new_value' in input)
    throw new Error(
      `${where} holds new_value: a secret must not stand in a schedule. Use a strategy that makes the value.`,
    );
  checkCall(input, where);
  return { rate, enabled, timezone, input };
}

function checkCall(input: Record<string, unknown>, where: string): void {
  try {
    parseDirect(input);
  } catch (error) {
    if (!isConjurError(error)) throw error;
    throw new Error(`${where} is not a call that rotate-key takes. ${error.message}`, { cause: error });
  }
}

/** Once a day the age of the credential is looked at: a rotation that no longer happens is seen by nothing else. */
const KEY_AGE: Rotation = { rate: 'rate(1 day)', enabled: true, timezone: undefined, input: { key_age: {} } };

/**
 * What is scheduled: `custom.rotations`, and beside a credential the look at its age.
 * @throws Error for an entry that is no call, or lacks a setting that it needs
 */
export async function resolveRotations(context: ResolverContext): Promise<Rotation[]> {
  const rotations = parseRotations(await context.resolveConfigurationProperty(['custom', 'rotations']));
  if (isLocalRun()) return rotations;
  const { kind } = await resolveCredential(context);
  await checkNeeds(context, rotations, kind);
  return kind === 'none' ? rotations : [...rotations, KEY_AGE];
}

async function checkNeeds(
  context: ResolverContext,
  rotations: readonly Rotation[],
  kind: Credential['kind'],
): Promise<void> {
  if (kind === 'none' && rotations.some(needsOwnCredential))
    throw new Error(
      "custom.rotations has an entry for the functions' own credential, and with this authenticator they have none. Name the secret: secret_id, or key_age: { secret_id: … }.",
    );
  if (!rotations.some(({ input }) => input.strategy === 'litellm-virtual-key')) return;
  for (const name of ['LITELLM_API_BASE', 'LITELLM_MASTER_KEY_SECRET_ID'])
    if ((await resolveSetting(context, name)) === undefined)
      throw new Error(`custom.rotations has an entry litellm-virtual-key, which needs the setting ${name}.`);
}

/** The events of rotate-key in serverless.yml: its route, and one schedule for each rotation. */
export async function resolveRotateKeyEvents(context: ResolverContext): Promise<Record<string, unknown>[]> {
  const rotations = await resolveRotations(context);
  return [
    ...(await resolveRoutes(context, 'rotate-key')),
    ...rotations.map(({ rate, enabled, timezone, input }) => ({
      schedule: {
        method: 'scheduler',
        rate: [rate],
        enabled,
        roleArn: { 'Fn::GetAtt': ['SchedulerRole', 'Arn'] },
        input,
        ...(timezone === undefined ? {} : { timezone }),
      },
    })),
  ];
}

/**
 * What serverless.yml's schedule events cannot say: how often a delivery is repeated, and where it goes when all of them fail.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export async function resolveScheduleResources(context: ResolverContext): Promise<Record<string, unknown>> {
  const rotations = await resolveRotations(context);
  const target = {
    RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3_600 },
    DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['RotationDeadLetters', 'Arn'] } },
  };
  const schedules = rotations.map((_, index) => [
    `RotateDashkeySchedulerSchedule${index + 1}`,
    { Type: 'AWS::Scheduler::Schedule', Properties: { Target: target } },
  ]);
  return { Resources: Object.fromEntries(schedules) };
}
