import type { ServerContext } from '../server-context.ts';
import { refuse, type ServiceLogin, serviceAnnotations, serviceName } from './authorize-service.ts';

/** What an authenticator may ask of a host's annotations, and what the token says to each. */
export interface Restrictions {
  /** All of these must be annotated. */
  readonly required?: readonly string[];
  /** At least one of these must be. */
  readonly any?: readonly string[];
  /** Every restriction that there is, with the token's value; undefined where the token has none. */
  readonly values: Readonly<Record<string, string | undefined>>;
}

/**
 * Holds a host's annotations, `authn-azure/{name}` or, for one service alone, `authn-azure/{service}/{name}`, against a token.
 *
 * @throws {ReplyError} 401, with the reason in the log.
 */
export function checkRestrictions(
  context: ServerContext,
  login: ServiceLogin,
  roleId: string,
  { required = [], any = [], values }: Restrictions,
): void {
  const annotations = new Map([
    ...serviceAnnotations(context, { ...login, service: '' }, roleId),
    ...(login.service === '' ? [] : serviceAnnotations(context, login, roleId)),
  ]);
  // Annotations of other services stand below the authenticator, too.
  const own = new Map([...annotations].filter(([name]) => !name.includes('/')));
  const missing = required.find((name) => !own.has(name));
  if (missing !== undefined)
    throw refuse(context, login, `${roleId} has no annotation ${login.authenticator}/${missing}`);
  if (any.length > 0 && !any.some((name) => own.has(name)))
    throw refuse(
      context,
      login,
      `${roleId} has none of the annotations ${any.map((name) => `${login.authenticator}/${name}`).join(', ')}`,
    );
  for (const [name, value] of own) {
    if (!(name in values)) throw refuse(context, login, `${serviceName(login)} knows no restriction ${name}`);
    if (values[name] !== value)
      throw refuse(context, login, `the token does not match the restriction ${name} of ${roleId}`);
  }
}
