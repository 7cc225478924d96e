import type { ServerContext } from '../server-context.ts';
import { authorizeService, refuse, requireService, type ServiceLogin } from './authorize-service.ts';
import { toRoleId } from './login.ts';
import { StsRequestError, type TestCredentials, verifyStsRequest } from './verify-sts-request.ts';

/**
 * Logs in with a signed STS request: the login must end in the AWS account and the role name of who signed it.
 *
 * @param given the login, `host/<policy path>/<aws account>/<role name>`.
 * @param body a flat JSON object of the signed headers.
 * @returns the role that logs in.
 * @throws {ReplyError} 401 for any reason.
 */
export function authenticateByIam(context: ServerContext, login: ServiceLogin, given: string, body: string): string {
  requireService(context, login);
  const { accountId, roleName } = verify(context, login, body);
  const prefix = given.split('/').slice(0, -2).join('/');
  if (given !== `${prefix}/${accountId}/${roleName}`) {
    throw refuse(context, login, `the login ${given} does not end in ${accountId}/${roleName}`);
  }
  const roleId = toRoleId(login.account, given);
  authorizeService(context, login, roleId);
  return roleId;
}

function verify(context: ServerContext, login: ServiceLogin, body: string): TestCredentials {
  const headers = parseHeaders(body);
  if (headers === undefined) throw refuse(context, login, 'the body is not a flat JSON object of headers');
  try {
    return verifyStsRequest(headers, context.iam?.credentials ?? [], context.now());
  } catch (error) {
    if (error instanceof StsRequestError) throw refuse(context, login, error.message);
    throw error;
  }
}

function parseHeaders(body: string): Map<string, string> | undefined {
  try {
    const headers: unknown = JSON.parse(body);
    if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return undefined;
    const entries = Object.entries(headers);
    if (entries.some(([, value]) => typeof value !== 'string')) return undefined;
    return new Map(entries.map(([name, value]) => [name.toLowerCase(), value]));
  } catch {
    return undefined;
  }
}
