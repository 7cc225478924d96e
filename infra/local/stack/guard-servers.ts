import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { isFromThisMachine } from '../stand-ins/http/is-from-this-machine.ts';

/*
 * Loaded into the process of serverless-offline (`node --import`). That one asks nobody for a signature and lets every site read its
 * answers (`access-control-allow-origin` is whatever asked), so that any page in the user's browser could read and rotate secrets, with
 * `npm start -- --conjur` those of a real Conjur. It has no setting against it; so its servers get no such request to see.
 */
const REFUSED = 'This address serves programs and pages of this machine alone. Call it as 127.0.0.1 or localhost.\n';

const emit = Server.prototype.emit;

Server.prototype.emit = function (this: Server, event: string | symbol, ...args: unknown[]): boolean {
  if (event === 'request') {
    const [request, response] = args as [IncomingMessage, ServerResponse];
    if (!isFromThisMachine(request.headers)) {
      response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' }).end(REFUSED);
      return true;
    }
  }
  return Reflect.apply(emit, this, [event, ...args]) as boolean;
};
