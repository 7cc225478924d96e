/** Flags of serverless that take no value: what follows one is not its own. */
const SWITCHES = new Set([
  '--verbose',
  '--conceal',
  '--force',
  '--debug',
  '--enforce-hash-update',
  '--minify-template',
]);

/**
 * What stands on a command line without a flag. `npm run deploy --stage prod`, without `--`, has npm take the flag and leave `prod`;
 * serverless passes over that, and deploys the stage dev.
 * @returns one sentence, or none
 */
export function checkArguments(args: readonly string[]): string[] {
  const strays = args.filter((arg, index) => !arg.startsWith('-') && !isValue(args[index - 1]));
  if (strays.length === 0) return [];
  return [
    `"${strays.map(nameOf).join('", "')}" belongs to no flag. npm takes flags for its own unless -- stands before them: npm run deploy -- --stage prod.`,
  ];
}

/** By the argument before it. */
function isValue(before: string | undefined): boolean {
  return before?.startsWith('-') === true && !before.includes('=') && !SWITCHES.has(before);
}

/** Of `name=value`, which may hold a secret, the name. */
function nameOf(stray: string): string {
  return stray.split('=')[0] ?? '';
}
