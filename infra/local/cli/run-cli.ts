/** Runs a command; what it throws is printed as one line without a stack, and the process ends with 1. */
export async function runCli(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error(toLine(error));
    process.exitCode = 1;
  }
}

function toLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is taken. End what listens there, or name another with --port.`;
  return error.message;
}
