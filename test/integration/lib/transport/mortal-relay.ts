import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TCP relay to a server, whose connections can be made to die unseen. It ends with the test. */
export interface MortalRelay {
  readonly url: string;
  /** Connections that were opened so far. */
  opened(): number;
  /** The connections that are open now answer the next byte with a reset, as those do that a NAT has forgotten meanwhile. */
  forgetAll(): void;
}

export async function startMortalRelay(target: string): Promise<MortalRelay> {
  const { hostname, port } = new URL(target);
  const alive = new Set<Socket>();
  const sockets = new Set<Socket>();
  let opened = 0;
  const server = createServer((socket) => {
    opened += 1;
    alive.add(socket);
    sockets.add(socket);
    const upstream = connect(Number(port), hostname);
    socket.on('data', (chunk) => {
      if (alive.has(socket)) upstream.write(chunk);
      else socket.resetAndDestroy();
    });
    upstream.on('data', (chunk) => socket.write(chunk));
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    opened: () => opened,
    forgetAll: () => alive.clear(),
  };
}
