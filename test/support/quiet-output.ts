/**
 * What a test writes to stdout and stderr itself, such as the log lines of the functions, goes to the console of the test runner: it shows
 * them where the test fails, and only there.
 */
for (const [stream, print] of [
  [process.stdout, console.log],
  [process.stderr, console.error],
] as const) {
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    print(typeof chunk === 'string' ? chunk.replace(/\n$/, '') : Buffer.from(chunk).toString().replace(/\n$/, ''));
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  };
}
