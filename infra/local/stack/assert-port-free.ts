import { createServer } from 'node:net';

/** A port that somebody else listens on. */
export class PortTakenError extends Error {}

/** @throws PortTakenError with the flag that chooses another port */
export async function assertPortFree(port: number, flag: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${error.code})`;
      reject(new PortTakenError(`Port ${port} ${reason}. Choose another with ${flag}.`));
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}
