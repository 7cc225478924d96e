type Method<Result> = (this: unknown, ...args: unknown[]) => Result;

/**
 * The prototype of a class that serverless-offline does not export, for the modules that change what it does. Its version is pinned; were
 * the class elsewhere, nothing would start.
 * @param path of the module, from the package's main file; the class is its default export
 */
export async function offlinePrototype<Name extends string, Result>(
  path: string,
): Promise<Record<Name, Method<Result>>> {
  const module: unknown = await import(new URL(path, import.meta.resolve('serverless-offline')).href);
  return (module as { default: { prototype: Record<Name, Method<Result>> } }).default.prototype;
}
