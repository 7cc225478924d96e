/**
 * The value of a `--port` flag.
 *
 * @throws Error unless it is a whole number from 0 to 65535; 0 means any free port.
 */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new Error(`--port wants a number from 0 to 65535, not "${text}".`);
  return port;
}
