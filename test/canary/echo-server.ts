import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EchoServer {
  readonly url: string;
  /** Status of the answers from now on; authentication is answered by a good token until it says otherwise. */
  answerWith(status: number, authenticationToo: boolean): void;
  close(): Promise<void>;
}

/**
 * Stands in the place of Conjur and answers every request with all that the request held: its headers, the api key or token among
 * them, and its body, as JSON that looks like an error of Conjur's. No client may pass any of it on.
 * @param token what it answers to an authentication that is to succeed
 */
export async function startEchoServer(token: string): Promise<EchoServer> {
  let current = { status: 500, authenticationToo: false };
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const isAuthentication = request.url?.endsWith('/authenticate') === true;
    if (isAuthentication && !current.authenticationToo) return void response.end(token);
    const echo = `${request.rawHeaders.join('\n')}\n${body}\n${token}`;
    const isHtml = current.status % 2 === 1;
    response.writeHead(current.status, {
      'content-type': isHtml ? 'text/html' : 'application/json',
      'x-echo': encodeURIComponent(body),
    });
    response.end(
      isHtml ? `<pre>${echo}</pre>` : JSON.stringify({ error: { code: body, message: body, target: echo } }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answerWith(status, authenticationToo) {
      current = { status, authenticationToo };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
