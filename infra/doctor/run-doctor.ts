import { readFileSync } from 'node:fs';
import { type Access, findRefusal } from '../../functions/runtime/access.ts';
import { type ParsedFunctionSettings, parseFunctionSettings } from '../../functions/runtime/settings.ts';
import { isConjurError } from '../../lib/errors.ts';
import type { AuthSettings } from '../../lib/settings.ts';
import { type CheckName, type CheckOutcome, type CheckResult, failed, passed } from './check.ts';
import { checkAuthentication } from './checks/check-authentication.ts';
import { checkCertificate } from './checks/check-certificate.ts';
import { checkClock } from './checks/check-clock.ts';
import { checkConnection } from './checks/check-connection.ts';
import { checkFollowers } from './checks/check-followers.ts';
import { checkRead } from './checks/check-read.ts';
import { checkRotate } from './checks/check-rotate.ts';
import { checkWhoami } from './checks/check-whoami.ts';
import { checkWrite } from './checks/check-write.ts';
import { createDoctorContext, type DoctorContext } from './doctor-context.ts';
import { toShellValues } from './shell-values.ts';
import { toFault } from './to-fault.ts';

export interface DoctorOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A variable whose value should be readable. */
  readonly read?: string | undefined;
  /** A variable that should be writable. */
  readonly write?: string | undefined;
  /** A role whose api key should be rotatable. */
  readonly rotate?: string | undefined;
  /** Accounts to try where the login is refused. */
  readonly accounts?: readonly string[];
  /** Milliseconds since 1970. Default: this machine's clock. */
  readonly now?: () => number;
}

type Check = readonly [CheckName, (context: DoctorContext) => Promise<CheckOutcome>];

/** Examines, one check after the other, what the functions need. After a check without which nothing goes, the rest is skipped. */
export async function* runDoctor(options: DoctorOptions): AsyncGenerator<CheckResult> {
  const checks = listChecks(options);
  const settings = parse(options.environment);
  yield { name: 'settings', ...settings.outcome };
  if (settings.parsed === undefined) {
    for (const [name] of checks) yield skipped(name, 'settings');
    return;
  }
  const values = toShellValues(options.environment, settings.parsed.settings);
  const context = createDoctorContext(settings.parsed.settings, values, options.now ?? Date.now);
  try {
    yield* runChecks(context, checks);
  } finally {
    await context.close();
  }
}

async function* runChecks(context: DoctorContext, checks: readonly Check[]): AsyncGenerator<CheckResult> {
  let broken: CheckName | undefined;
  for (const [name, check] of checks) {
    if (broken !== undefined) {
      yield skipped(name, broken);
      continue;
    }
    const outcome = await guarded(() => check(context));
    if (outcome.fatal === true) broken = name;
    yield { name, ...outcome };
  }
}

function listChecks({ environment, read, write, rotate, accounts = [] }: DoctorOptions): Check[] {
  return [
    ['connection', checkConnection],
    ['certificate', checkCertificate],
    ['clock', checkClock],
    ['authentication', (context) => checkAuthentication(context, accounts)],
    ['whoami', checkWhoami],
    ...(environment.CYBERARK_READ_API_BASE ? [['followers', checkFollowers] as Check] : []),
    ...named('read', read, checkRead),
    ...named('write', write, checkWrite),
    ...(rotate === undefined ? [] : [['rotate', (context) => checkRotate(context, rotate)] as Check]),
  ];
}

/** A check of a variable. What the functions themselves would refuse, by their settings, is not asked of Conjur. */
function named(
  access: Access,
  name: string | undefined,
  check: (context: DoctorContext, name: string) => Promise<CheckOutcome>,
): Check[] {
  if (name === undefined) return [];
  return [[access, async (context) => refusalOf(context, access, name) ?? (await check(context, name))]];
}

function refusalOf({ settings }: DoctorContext, access: Access, name: string): CheckOutcome | undefined {
  const refusal = findRefusal(settings.keyManagement, access, name);
  if (refusal === undefined) return undefined;
  const advice =
    "That is the functions' own rule (custom.key_management_settings in serverless.yml); Conjur was not asked.";
  return failed('settings_invalid', refusal.message, advice);
}

function skipped(name: CheckName, because: CheckName): CheckResult {
  return { name, status: 'skipped', message: `Not examined: ${because} comes first.` };
}

function parse(environment: DoctorOptions['environment']): { outcome: CheckOutcome; parsed?: ParsedFunctionSettings } {
  try {
    const parsed = parseFunctionSettings(environment, { readFile: (path) => readFileSync(path, 'utf8') });
    const { baseUrl, account, auth } = parsed.settings;
    const warnings = parsed.warnings.map((warning) => ` ${warning}`).join('');
    return {
      parsed,
      outcome: passed(`${baseUrl.href}, account ${account}, ${describeLogin(auth)}, by ${auth.type}.${warnings}`),
    };
  } catch (error) {
    if (!isConjurError(error)) throw error;
    const advice = 'docs/settings.md explains each setting.';
    return { outcome: failed('settings_invalid', error.message, advice, { fatal: true }) };
  }
}

function describeLogin(auth: AuthSettings): string {
  const { login } = auth;
  if ('apiKeySecretId' in auth && auth.apiKeySecretId !== undefined)
    return `login as the secret ${auth.apiKeySecretId} says (or else ${login ?? 'admin'})`;
  return login === undefined ? 'login as the credential says' : `login ${login}`;
}

/** An answer that did not come is a finding like others, whichever check meets it. */
async function guarded(check: () => Promise<CheckOutcome>): Promise<CheckOutcome> {
  try {
    return await check();
  } catch (error) {
    if (!isConjurError(error)) throw error;
    return failed(toFault(error), error.message, "Conjur's log, and what stands in between, may say more.", {
      fatal: true,
    });
  }
}
