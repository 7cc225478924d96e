import { type ResolverContext, resolveParam } from './resolver-context.ts';

/** Begins the name of a parameter that is a variable for the functions, and no setting of theirs. */
export const PASSED_PREFIX = 'environment_';

/**
 * Variables of Node, of AWS's SDK and of Lambda extensions that a deployment may need: an authority of the company, a wrapper of a layer,
 * telemetry, endpoints of a VPC, FIPS. Everything else stays out: `NODE_OPTIONS` or `LD_PRELOAD` would be other code.
 */
const ALLOWED: readonly RegExp[] = [
  /^NODE_EXTRA_CA_CERTS$/,
  /^AWS_LAMBDA_EXEC_WRAPPER$/,
  /^AWS_USE_(?:FIPS|DUALSTACK)_ENDPOINT$/,
  /^AWS_ENDPOINT_URL(?:_[A-Z\d_]+)?$/,
  /^(?:OTEL|OPENTELEMETRY)_[A-Z\d_]+$/,
];

/** Headers of an exporter hold its api key. */
const SECRET = /^OTEL_EXPORTER_OTLP_(?:[A-Z]+_)?HEADERS$/;

/** Why a parameter `environment_…` is refused; undefined where it is not. @param value undefined where it is not known yet */
export function findPassedFault(parameter: string, value: string | undefined): string | undefined {
  const name = parameter.slice(PASSED_PREFIX.length);
  if (SECRET.test(name))
    return `The parameter ${parameter} is a secret, and the environment of a function is no place for one. Let a collector in a layer hold it.`;
  if (!ALLOWED.some((pattern) => pattern.test(name)))
    return `The parameter ${parameter} is not passed on. There are NODE_EXTRA_CA_CERTS, AWS_LAMBDA_EXEC_WRAPPER, OTEL_…, AWS_ENDPOINT_URL_…, AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT; a setting is a parameter of its own name.`;
  if (value !== undefined && name.startsWith('AWS_ENDPOINT_URL') && !isHttps(value))
    return `The parameter ${parameter} must be an https URL: credentials go there.`;
  return undefined;
}

/** What a deployed function gets of the parameters `environment_…`. @throws Error for one that is not on the list */
export async function resolvePassedEnvironment(
  context: ResolverContext,
  args: readonly string[] = process.argv,
): Promise<Record<string, string>> {
  const passed: Record<string, string> = {};
  for (const parameter of await listParameters(context, args)) {
    const value = await resolveParam(context, parameter);
    const fault = findPassedFault(parameter, value);
    if (fault !== undefined) throw new Error(fault);
    if (value !== undefined) passed[parameter.slice(PASSED_PREFIX.length)] = value;
  }
  return passed;
}

/** A parameter can only be asked for by its name: the names stand on the command line, or under `params` in serverless.yml. */
async function listParameters(context: ResolverContext, args: readonly string[]): Promise<string[]> {
  const given = args.flatMap((arg, index) => {
    const pair = arg === '--param' ? args[index + 1] : /^--param=(.*)$/s.exec(arg)?.[1];
    return pair === undefined ? [] : [pair.split('=')[0] ?? ''];
  });
  const stage = String(await context.resolveVariable('sls:stage'));
  const declared = await Promise.all(
    ['default', stage].map((name) => context.resolveConfigurationProperty(['params', name])),
  );
  const names = [...given, ...declared.flatMap((params) => Object.keys((params ?? {}) as object))];
  return [...new Set(names)].filter((name) => name.startsWith(PASSED_PREFIX)).sort();
}

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}
