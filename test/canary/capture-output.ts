type Write = typeof process.stdout.write;

export interface CapturedOutput {
  /** All that was printed so far, by this process, to either stream. */
  text(): string;
  /** Lets the streams print again. */
  release(): void;
}

/** Takes what the process prints, so that it can be searched, and keeps it from the terminal. */
export function captureOutput(): CapturedOutput {
  const chunks: string[] = [];
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  const take = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    chunks.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1'));
    const done = rest.find((argument) => typeof argument === 'function') as (() => void) | undefined;
    done?.();
    return true;
  };
  for (const stream of streams) stream.write = take as Write;
  const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
  const consoles = methods.map((method) => console[method]);
  for (const method of methods)
    console[method] = (...parts: unknown[]) => void chunks.push(parts.map(String).join(' '));
  return {
    text: () => chunks.join(''),
    release() {
      streams.forEach((stream, index) => {
        stream.write = originals[index] as Write;
      });
      methods.forEach((method, index) => {
        console[method] = consoles[index] as typeof console.log;
      });
    },
  };
}
