/** What serverless.yml's `${file(…)}` hands to a function that resolves a value. */
export interface ResolverContext {
  /** A part of serverless.yml, itself resolved: `['custom', 'rotations']`. */
  readonly resolveConfigurationProperty: (path: readonly string[]) => Promise<unknown>;
  /** The content of a `${…}`, such as `param:tracing, ''`. */
  readonly resolveVariable: (variable: string) => Promise<unknown>;
}

/** A parameter: `--param="name=value"`, or serverless.yml's `params`. Undefined where it is empty or absent. */
export async function resolveParam(context: ResolverContext, name: string): Promise<string | undefined> {
  const value = await context.resolveVariable(`param:${name}, ''`);
  const text = value === null || value === undefined ? '' : String(value).trim();
  return text === '' ? undefined : text;
}

/** A parameter that holds several values, separated by commas. */
export async function resolveListParam(context: ResolverContext, name: string): Promise<string[]> {
  const text = await resolveParam(context, name);
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A setting of the functions: from the environment of the process, then its parameter, then `custom.settings`. */
export async function resolveSetting(
  context: ResolverContext,
  name: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string | undefined> {
  const settings = (await context.resolveConfigurationProperty(['custom', 'settings'])) as Record<string, unknown>;
  const value = environment[name] || (await resolveParam(context, name)) || settings?.[name];
  return value === undefined || value === null || value === '' ? undefined : String(value);
}
