import { createHash } from 'node:crypto';
import { type Credential, resolveCredentials } from './credential.ts';
import { resolveHeartbeat } from './heartbeat.ts';
import { isLocalRun } from './is-local-run.ts';
import type { ResolverContext } from './resolver-context.ts';
import { identityOf, resolveRotations } from './rotation-schedules.ts';
import { parseRateMs } from './schedule-expression.ts';
import {
  DEPLOYED_SCHEDULES_VARIABLE,
  parseDeployedSchedules,
  type ScheduleProperties,
  withStartDate,
} from './schedule-start.ts';
import type { Rotation } from './scheduled-secrets.ts';

type Resources = Record<string, { readonly Type: string; readonly Properties: ScheduleProperties }>;

/** What is known of the moment of packaging. */
export interface ScheduleSources {
  readonly local: boolean;
  readonly nowMs: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The schedules of the stack, in a group of their own: `custom.rotations`, and once a day a look at the age of each credential, since a
 * rotation that no longer happens is seen by nothing else. Ids come from name and strategy, so that an entry that is removed takes no
 * other's place.
 */
export async function resolveScheduleResources(
  context: ResolverContext,
  sources: ScheduleSources = { local: isLocalRun(), nowMs: readNow(process.env), environment: process.env },
): Promise<{ Resources: Resources }> {
  if (sources.local) return { Resources: {} };
  const rotations = await resolveRotations(context);
  const { secrets } = await resolveCredentials(context, sources.environment);
  const group = `${await context.resolveVariable('self:service')}-${await context.resolveVariable('sls:stage')}`;
  const deployed = parseDeployedSchedules(sources.environment[DEPLOYED_SCHEDULES_VARIABLE]);
  const schedules = rotations.map((rotation): [string, ScheduleProperties] => {
    const id = toLogicalId(rotation);
    const properties = { ...toSchedule(rotation), Name: toName(rotation) };
    return [id, withStartDate(properties, { start: rotation.start, deployed: deployed[id], nowMs: sources.nowMs })];
  });
  return {
    Resources: {
      RotationSchedules: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: group } },
      ...(await heartbeat(context)),
      ...Object.fromEntries(
        [...schedules, ...secrets.map(lookAtAge)].map(([id, Properties]) => [id, toResource(Properties)]),
      ),
    },
  };
}

/** Two packages of one source are the same where `SOURCE_DATE_EPOCH` (seconds since 1970) says what time it is. */
function readNow({ SOURCE_DATE_EPOCH: epoch }: ScheduleSources['environment']): number {
  return epoch !== undefined && /^\d{1,12}$/.test(epoch) ? Number(epoch) * 1_000 : Date.now();
}

function toResource(Properties: ScheduleProperties): Resources[string] {
  return { Type: 'AWS::Scheduler::Schedule', Properties };
}

function toSchedule({ rate, enabled, timezone, windowMinutes, input }: Rotation): ScheduleProperties {
  return {
    GroupName: GROUP,
    ScheduleExpression: rate,
    ...(timezone === undefined ? {} : { ScheduleExpressionTimezone: timezone }),
    State: enabled ? 'ENABLED' : 'DISABLED',
    FlexibleTimeWindow: toWindow(windowMinutes ?? defaultWindowMinutes(rate)),
    Target: { ...TARGET, Input: JSON.stringify(input) },
  };
}

const GROUP = { Ref: 'RotationSchedules' };

/**
 * How often a delivery is repeated, and where it goes when all of them fail.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
const TARGET = {
  Arn: { 'Fn::GetAtt': ['RotateDashkeyLambdaFunction', 'Arn'] },
  RoleArn: { 'Fn::GetAtt': ['SchedulerRole', 'Arn'] },
  RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 3_600 },
  DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['RotationDeadLetters', 'Arn'] } },
};

/** Rotations that fall on the same minute are spread over it, so that Conjur does not meet them all at once. */
const DEFAULT_WINDOW_MINUTES = 15;

/** A quarter of the interval at most. */
function defaultWindowMinutes(rate: string): number {
  const intervalMs = parseRateMs(rate);
  return intervalMs === undefined
    ? DEFAULT_WINDOW_MINUTES
    : Math.min(DEFAULT_WINDOW_MINUTES, Math.floor(intervalMs / 4 / 60_000));
}

function toWindow(minutes: number): Record<string, unknown> {
  return minutes === 0 ? { Mode: 'OFF' } : { Mode: 'FLEXIBLE', MaximumWindowInMinutes: minutes };
}

/** A call that comes late says nothing of now: it is not repeated. */
async function heartbeat(context: ResolverContext): Promise<Resources> {
  const rate = await resolveHeartbeat(context);
  if (rate === undefined) return {};
  return {
    HeartbeatSchedule: toResource({
      GroupName: GROUP,
      ScheduleExpression: rate,
      State: 'ENABLED',
      FlexibleTimeWindow: toWindow(0),
      Target: {
        Arn: { 'Fn::GetAtt': ['ReadDashsecretLambdaFunction', 'Arn'] },
        RoleArn: TARGET.RoleArn,
        Input: JSON.stringify({ health: true }),
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 },
      },
    }),
  };
}

/** It changes nothing and may run at any time, also at once. */
function lookAtAge({ logicalId, secretId }: Credential): [string, ScheduleProperties] {
  const input =
    typeof secretId === 'string'
      ? JSON.stringify({ key_age: { secret_id: secretId } })
      : { 'Fn::Sub': [`{"key_age":{"secret_id":"\${Secret}"}}`, { Secret: secretId }] };
  const properties = {
    GroupName: GROUP,
    ScheduleExpression: 'rate(1 day)',
    State: 'ENABLED',
    FlexibleTimeWindow: toWindow(DEFAULT_WINDOW_MINUTES),
    Target: { ...TARGET, Input: input },
  };
  return [`${logicalId}AgeSchedule`, properties];
}

function hashOf(rotation: Rotation): string {
  return createHash('sha256').update(identityOf(rotation)).digest('hex').slice(0, 8);
}

/** Letters and digits alone, unlike a name. */
function toLogicalId(rotation: Rotation): string {
  const words = identityOf(rotation).split(/[^A-Za-z0-9]+/);
  const readable = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return `Rotation${readable.slice(0, 100)}${hashOf(rotation)}`;
}

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html: 64 characters of these at most. */
function toName(rotation: Rotation): string {
  const readable = identityOf(rotation).replace(/[^\w.-]+/g, '-');
  return `${readable.slice(0, 55)}-${hashOf(rotation)}`;
}
