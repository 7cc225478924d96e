/** Which service fires: they take different expressions. */
export type Scheduler = 'EventBridge Scheduler' | 'Secrets Manager';

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
type Unit = keyof typeof UNIT_MS;

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html */
const MIN_ROTATION_HOURS = 4;
const MAX_ROTATION_DAYS = 999;

const RATE = /^rate\(([1-9]\d{0,5}) (minute|hour|day)s?\)$/;
const CRON = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/;

/** The interval of `rate(…)`, in milliseconds; undefined for any other text. */
export function parseRateMs(expression: string): number | undefined {
  const [, count, unit] = RATE.exec(expression) ?? [];
  return unit === undefined ? undefined : Number(count) * UNIT_MS[unit as Unit];
}

/**
 * Why a scheduler would refuse an expression, or rotate more often than it allows; undefined where it takes it. AWS says so only halfway
 * through a deployment.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function findExpressionFault(expression: string, scheduler: Scheduler): string | undefined {
  const intervalMs = parseRateMs(expression);
  if (intervalMs !== undefined)
    return scheduler === 'Secrets Manager' ? findRateFault(expression, intervalMs) : undefined;
  const fields = CRON.exec(expression)?.slice(1);
  if (fields === undefined) return 'it is neither rate(30 days) nor a cron of six fields such as cron(0 3 1 * ? *)';
  return findCronFault(fields) ?? (scheduler === 'Secrets Manager' ? findRotationCronFault(fields) : undefined);
}

function findRateFault(expression: string, intervalMs: number): string | undefined {
  if (/minute/.test(expression)) return 'Secrets Manager takes hours and days, and no minutes';
  if (intervalMs < MIN_ROTATION_HOURS * UNIT_MS.hour)
    return `Secrets Manager rotates every ${MIN_ROTATION_HOURS} hours at most`;
  if (intervalMs > MAX_ROTATION_DAYS * UNIT_MS.day)
    return `Secrets Manager rotates every ${MAX_ROTATION_DAYS} days at least`;
  return undefined;
}

interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const FIELDS: readonly CronField[] = [
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of week', min: 1, max: 7, names: WEEKDAYS },
  { name: 'year', min: 1970, max: 2199 },
];

function findCronFault(fields: readonly string[]): string | undefined {
  const wrong = FIELDS.find((field, index) => !isField(fields[index] ?? '', field));
  if (wrong !== undefined)
    return `its field "${wrong.name}" takes ${wrong.min} to ${wrong.max}, and not "${fields[FIELDS.indexOf(wrong)]}"`;
  const [, , dayOfMonth, , dayOfWeek] = fields;
  if ((dayOfMonth === '?') !== (dayOfWeek === '?')) return undefined;
  return 'of day of month and day of week, exactly one must be "?"';
}

function isField(text: string, field: CronField): boolean {
  if (text === '*') return true;
  if (text === '?') return field.name.startsWith('day');
  return text.split(',').every((part) => isPart(part, field));
}

function isPart(part: string, field: CronField): boolean {
  if (field.name === 'day of month' && /^(?:L|LW|(?:[1-9]|[12]\d|3[01])W)$/.test(part)) return true;
  if (field.name === 'day of week' && isWeekdayOfMonth(part, field)) return true;
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*') return step !== undefined;
  const [from = '', to, ...rest] = range.split('-');
  if (rest.length > 0) return false;
  const [first, last] = [toNumber(from, field), to === undefined ? undefined : toNumber(to, field)];
  return first !== undefined && (to === undefined || (last !== undefined && first <= last));
}

/** The last Friday of the month, `6L`; the second Monday, `2#2`. */
function isWeekdayOfMonth(part: string, field: CronField): boolean {
  const [, day] = /^(\w+?)(?:L|#[1-5])$/.exec(part) ?? [];
  return part === 'L' || (day !== undefined && toNumber(day, field) !== undefined);
}

function toNumber(text: string, { min, max, names }: CronField): number | undefined {
  const index = names?.indexOf(text.toUpperCase()) ?? -1;
  if (index >= 0) return min + index;
  const value = Number(text);
  return /^\d+$/.test(text) && value >= min && value <= max ? value : undefined;
}

/** Secrets Manager's cron: on the hour, four hours apart or more, in every year. */
function findRotationCronFault([minutes, hours, , , , year]: readonly string[]): string | undefined {
  if (minutes !== '0') return 'the minutes of a rotation in Secrets Manager must be 0';
  if (year !== '*') return 'the year of a rotation in Secrets Manager must be *';
  if (/^\d{1,2}$/.test(hours ?? '')) return undefined;
  const [, step] = /^(?:\d{1,2}|\*)\/(\d{1,2})$/.exec(hours ?? '') ?? [];
  if (step !== undefined && Number(step) >= MIN_ROTATION_HOURS) return undefined;
  return `Secrets Manager rotates every ${MIN_ROTATION_HOURS} hours at most: give one hour, or a step such as 0/4`;
}

/**
 * The longest time between two rotations in Secrets Manager, in days, a month counted as one of its longest.
 * @param expression one without a fault
 */
export function toLongestDays(expression: string): number {
  const intervalMs = parseRateMs(expression);
  if (intervalMs !== undefined) return intervalMs / UNIT_MS.day;
  const [, , dayOfMonth = '', month = '', dayOfWeek = ''] = CRON.exec(expression)?.slice(1) ?? [];
  const months = longestGap(month, FIELDS[3] as CronField);
  // Within a month that is left out no day counts.
  if (months > 1) return Math.ceil(months * 30.6);
  if (dayOfMonth === '?') return /[#L]/.test(dayOfWeek) ? 35 : longestGap(dayOfWeek, FIELDS[4] as CronField);
  return /[LW]/.test(dayOfMonth) ? 33 : longestGap(dayOfMonth, FIELDS[2] as CronField);
}

/** Of a field's values, from the last one to the first of the next round too. */
function longestGap(text: string, field: CronField): number {
  const values = expand(text, field);
  const length = field.max - field.min + 1;
  const gaps = values.map((value, index) => (values[index + 1] ?? (values[0] as number) + length) - value);
  return Math.max(...gaps);
}

function expand(text: string, field: CronField): number[] {
  const all = text.split(',').flatMap((part) => {
    const [range = '', step] = part.split('/');
    const [from = '', to] = range.split('-');
    const first = range === '*' ? field.min : (toNumber(from, field) ?? field.min);
    const open = range === '*' || step !== undefined ? field.max : first;
    const last = to === undefined ? open : (toNumber(to, field) ?? field.max);
    const stride = Number(step ?? 1);
    return Array.from({ length: Math.floor((last - first) / stride) + 1 }, (_, index) => first + index * stride);
  });
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Whether a time zone is one of the IANA database, as EventBridge Scheduler asks for it. */
export function isTimeZone(name: string): boolean {
  // An offset such as +01:00 is a time zone to JavaScript, and none to the scheduler.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
