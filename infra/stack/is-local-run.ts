/** True under `serverless offline`, which has no stack: what refers to one must stay out of the environment there. */
export function isLocalRun(argv: readonly string[] = process.argv): boolean {
  return argv.slice(2).includes('offline');
}
