export interface Bundle {
  readonly handler: (event: unknown, context?: unknown) => Promise<unknown>;
}

let loads = 0;

/**
 * Loads a built function anew, as a cold container does. Its environment is the process's while it starts, which is when it is read.
 */
export async function loadBundle(name: string, environment: Readonly<Record<string, string>>): Promise<Bundle> {
  const before = { ...process.env };
  loads += 1;
  try {
    for (const variable of Object.keys(process.env))
      if (/^(?:CYBERARK|CONJUR|LITELLM)_/.test(variable)) delete process.env[variable];
    Object.assign(process.env, environment);
    const url = new URL(`../../dist/${name}/handler.mjs?cold=${loads}`, import.meta.url);
    return (await import(/* @vite-ignore */ url.href)) as Bundle;
  } finally {
    // In place: vitest takes a variable that a test stubs away out of the object that was there at first.
    for (const variable of Object.keys(process.env)) if (!(variable in before)) delete process.env[variable];
    Object.assign(process.env, before);
  }
}
