import type { ConjurContext } from '../answers.ts';
import { parseJsonObject, toConjurError, unreadable } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import type { HttpRequest } from '../http/request.ts';

/** Whom Conjur takes this client for. */
export interface Identity {
  readonly account: string;
  /** `admin`, or `host/path/name`. */
  readonly login: string;
  /** The address that Conjur sees. */
  readonly clientIp: string | undefined;
  /** ISO 8601, as Conjur gives it. */
  readonly tokenIssuedAt: string | undefined;
}

/** `GET /whoami`: https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_whoami.htm */
export async function whoami(context: ConjurContext, deadline: Deadline): Promise<Identity> {
  const request: HttpRequest = {
    method: 'GET',
    path: '/whoami',
    action: 'asking Conjur who this identity is',
    idempotent: true,
    target: 'read',
  };
  const response = await context.send(request, deadline);
  if (response.status !== 200) throw toConjurError(context, request, response);
  const {
    account,
    username,
    client_ip: clientIp,
    token_issued_at: tokenIssuedAt,
  } = parseJsonObject(context, request, response);
  if (typeof account !== 'string' || typeof username !== 'string') throw unreadable(context, request, response);
  return { account, login: username, clientIp: textOf(clientIp), tokenIssuedAt: textOf(tokenIssuedAt) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
