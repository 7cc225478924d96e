import type { IncomingMessage } from 'node:http';

/** The request's body is longer than the server takes; the rest of it was not read. */
export class BodyTooLongError extends Error {
  constructor(maxBytes: number) {
    super(`The body is longer than ${maxBytes} bytes.`);
    this.name = 'BodyTooLongError';
  }
}

/**
 * The whole body of a request.
 *
 * @throws BodyTooLongError when it is longer than `maxBytes`.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > maxBytes) throw new BodyTooLongError(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
