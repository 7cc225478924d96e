import type { ServiceLogin } from '../authn/authorize-service.ts';
import { acceptsBase64 } from '../http/conjur-request.ts';
import type { Reply } from '../http/reply.ts';
import type { RouteInput } from '../http/route.ts';
import { issueToken } from './authn-routes.ts';

/** The login that a path of an authenticator names; `authn-gcp` has no service. */
export function toServiceLogin({ params, request }: RouteInput, authenticator: string): ServiceLogin {
  return { authenticator, service: params.service ?? '', account: params.account ?? '', clientIp: request.clientIp };
}

/** A token for the role, in the encoding that the client asked for. */
export function issueTo({ context, request }: RouteInput, roleId: string): Promise<Reply> {
  return issueToken(context, roleId, acceptsBase64(request));
}

/** A field of a login's form; null where it is not given. */
export function formField({ request }: RouteInput, name: string): string | null {
  return new URLSearchParams(request.body.toString()).get(name);
}
