import { createServer } from 'node:net';

/** A port that the stack is about to listen on, and the flag that chooses it. */
export interface WantedPort {
  readonly flag: string;
  readonly port: number;
}

/** Ports that somebody else listens on, or that two parts of the stack were given. */
export class PortTakenError extends Error {}

/** @throws PortTakenError that names every port which cannot be had, and says what to do */
export async function assertPortsFree(wanted: readonly WantedPort[]): Promise<void> {
  assertDistinct(wanted);
  const refusals = await Promise.all(wanted.map(async (one) => ({ ...one, reason: await refusalOf(one.port) })));
  const taken = refusals.filter(({ reason }) => reason === 'EADDRINUSE');
  if (taken.length > 0) throw new PortTakenError(toTakenMessage(taken));
  const refused = refusals.find(({ reason }) => reason !== undefined);
  if (refused === undefined) return;
  throw new PortTakenError(
    `Port ${refused.port} cannot be used (${refused.reason}). Choose another with ${refused.flag}.`,
  );
}

function assertDistinct(wanted: readonly WantedPort[]): void {
  for (const [index, { flag, port }] of wanted.entries()) {
    const twin = wanted.slice(0, index).find((other) => other.port === port);
    if (twin !== undefined) throw new PortTakenError(`${twin.flag} and ${flag} are both ${port}. Choose two ports.`);
  }
}

/** Why nobody can listen on a port of the loopback at this moment: `EADDRINUSE`, say. Undefined where it is free. */
export function refusalOf(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(undefined)));
  });
}

function toTakenMessage(taken: readonly WantedPort[]): string {
  const ports = new Intl.ListFormat('en-GB').format(taken.map(({ flag, port }) => `${port} (${flag})`));
  const subject = taken.length === 1 ? `Port ${ports} is taken` : `Ports ${ports} are taken`;
  const them = taken.length === 1 ? 'another port with that flag' : 'other ports with those flags';
  return `${subject}. Is another \`npm start\` running? End it, start a second stack with --port-offset 100, or choose ${them}.`;
}
