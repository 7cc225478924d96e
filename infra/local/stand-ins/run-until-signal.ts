import type { LocalServer } from './http/create-json-server.ts';

/** Closes the server at Ctrl-C or SIGTERM; the process then ends by itself. */
export function runUntilSignal(server: LocalServer): void {
  const stop = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    void server.close();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
