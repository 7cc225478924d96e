import { parseDirect } from '../../functions/rotate-key/api.ts';
import { isConjurError } from '../../lib/errors.ts';
import { checkRotations } from './check-rotations.ts';
import { resolveCredentials } from './credential.ts';
import { isLocalRun } from './is-local-run.ts';
import type { ResolverContext } from './resolver-context.ts';
import { resolveRoutes } from './routes.ts';
import { findExpressionFault, isTimeZone } from './schedule-expression.ts';
import type { Rotation } from './scheduled-secrets.ts';

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-flexible-time-windows.html */
const MAX_WINDOW_MINUTES = 1_440;

/**
 * Reads `custom.rotations`, and tries each call on rotate-key's own parser: a mistake shows when the stack is packaged, and not in
 * the night of the first rotation.
 * @throws Error that names the entry
 */
export function parseRotations(rotations: unknown): Rotation[] {
  if (rotations === null || rotations === undefined) return [];
  if (!Array.isArray(rotations)) throw new Error('custom.rotations must be a list.');
  const parsed = rotations.map((entry, index) => parseRotation(entry, `custom.rotations[${index}]`));
  const identities = parsed.map(identityOf);
  const twice = identities.findIndex((identity, index) => identities.indexOf(identity) !== index);
  if (twice === -1) return parsed;
  throw new Error(`custom.rotations[${twice}] has the name and the strategy of another entry. Keep one of them.`);
}

/** What a rotation is known by. */
export function identityOf({ input }: Pick<Rotation, 'input'>): string {
  const name = input.name ?? input.secret_id ?? (input.key_age as { secret_id?: string } | undefined)?.secret_id ?? '';
  return `${input.strategy ?? 'key-age'} ${name}`;
}

function parseRotation(entry: unknown, where: string): Rotation {
  if (typeof entry !== 'object' || entry === null)
    throw new Error(`${where} must be a block with name, strategy and rate.`);
  const {
    rate,
    enabled = true,
    timezone,
    start,
    window_minutes: windowMinutes,
    ...input
  } = entry as Record<string, unknown>;
  const schedule = {
    rate: parseRate(rate, `${where}.rate`),
    enabled: parseEnabled(enabled, `${where}.enabled`),
    timezone: parseTimezone(timezone, `${where}.timezone`),
    start: parseStart(start, `${where}.start`),
    windowMinutes: parseWindow(windowMinutes, `${where}.window_minutes`),
  };
  if ('new_value' in input)
    throw new Error(
      `${where} holds new_value: a secret must not stand in a schedule. Use a strategy that makes the value.`,
    );
  checkCall(input, where);
  return { ...schedule, input };
}

function parseRate(rate: unknown, where: string): string {
  const fault = findExpressionFault(String(rate), 'EventBridge Scheduler');
  if (fault === undefined) return String(rate);
  throw new Error(`${where} must be an expression such as rate(30 days) or cron(0 3 1 * ? *): ${fault}.`);
}

function parseEnabled(enabled: unknown, where: string): boolean {
  if (typeof enabled === 'boolean') return enabled;
  throw new Error(`${where} must be true or false.`);
}

function parseTimezone(timezone: unknown, where: string): string | undefined {
  if (timezone === undefined || (typeof timezone === 'string' && isTimeZone(timezone))) return timezone;
  throw new Error(`${where} must be the name of a time zone that exists, such as Europe/Berlin.`);
}

/** YAML makes a date of what looks like one. */
function parseStart(start: unknown, where: string): string | undefined {
  if (start === undefined) return undefined;
  const text = start instanceof Date ? start.toISOString() : start;
  if (typeof text === 'string' && ISO_DATE.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new Error(`${where} must be a moment such as 2027-01-31T03:00:00Z.`);
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

function parseWindow(minutes: unknown, where: string): number | undefined {
  if (minutes === undefined) return undefined;
  if (typeof minutes === 'number' && Number.isInteger(minutes) && minutes >= 0 && minutes <= MAX_WINDOW_MINUTES)
    return minutes;
  throw new Error(`${where} must be a whole number of minutes from 0 to ${MAX_WINDOW_MINUTES}.`);
}

function checkCall(input: Record<string, unknown>, where: string): void {
  try {
    parseDirect(input);
  } catch (error) {
    if (!isConjurError(error)) throw error;
    throw new Error(`${where} is not a call that rotate-key takes. ${error.message}`, { cause: error });
  }
}

/**
 * The entries of `custom.rotations`.
 * @throws Error for an entry that is no call, or lacks a setting that it needs
 */
export async function resolveRotations(context: ResolverContext): Promise<Rotation[]> {
  const rotations = parseRotations(await context.resolveConfigurationProperty(['custom', 'rotations']));
  if (!isLocalRun()) await checkRotations(context, rotations, await resolveCredentials(context));
  return rotations;
}

/**
 * The events of rotate-key in serverless.yml: its routes, and on this machine the rotations. A deployed stack has those in
 * schedule-resources.ts, since such an event knows no start, no window and no group.
 */
export async function resolveRotateKeyEvents(
  context: ResolverContext,
  local: boolean = isLocalRun(),
): Promise<Record<string, unknown>[]> {
  const routes = await resolveRoutes(context, 'rotate-key');
  if (!local) return routes;
  const rotations = await resolveRotations(context);
  return [
    ...routes,
    ...rotations.map(({ rate, enabled, timezone, input }) => ({
      schedule: {
        method: 'scheduler',
        rate: [rate],
        enabled,
        input,
        ...(timezone === undefined ? {} : { timezone }),
      },
    })),
  ];
}
