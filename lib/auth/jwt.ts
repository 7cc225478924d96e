import { readFile } from 'node:fs/promises';
import { ConjurError } from '../errors.ts';
import { Secret } from '../secret.ts';
import type { NameOf } from '../settings.ts';
import type { TokenProvider } from './auth-options.ts';
import { type Authenticator, toAuthenticationRequest, toForm } from './authenticator.ts';

/** Where a JSON web token comes from. */
export interface JwtSource {
  /** The token as it is now: a file may hold another one each time. */
  read(): Promise<Secret>;
  /** Where an operator finds it, for messages. */
  readonly description: string;
}

export interface JwtAuthenticatorOptions {
  readonly account: string;
  /** Of `authn-jwt/<id>`. */
  readonly serviceId: string;
  /** Undefined: a claim of the token names the host. */
  readonly login: string | undefined;
  readonly source: JwtSource;
  readonly nameOf: NameOf;
}

/**
 * `POST /authn-jwt/{service}/{account}[/{login}]/authenticate` with `jwt=<token>` as a form. The token is read anew for each
 * authentication, and once more where it was refused and another one has taken its place meanwhile.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/operations/services/cjr-authn-jwt-lp.htm
 */
export function createJwtAuthenticator(options: JwtAuthenticatorOptions): Authenticator {
  const { account, serviceId, login, source, nameOf } = options;
  let refused: Secret | undefined;
  return {
    kind: 'jwt',
    advice: `Check the token in ${source.description}: that it has not expired, that its issuer and audience are those of authn-jwt/${serviceId}, and that the host that it names${login === undefined ? '' : ` (${nameOf('auth.login')})`} may \`authenticate\` there and has an annotation for a claim.`,
    async prepare(refusals) {
      const token = await source.read();
      if (refusals > 1 || (refusals === 1 && refused !== undefined && token.equals(refused))) return undefined;
      refused = token;
      return toAuthenticationRequest(
        { service: ['authn-jwt', serviceId], account, login },
        toForm({ jwt: token.expose() }),
      );
    },
  };
}

/** A token that was given once and for all, or what gives one each time. */
export function createJwtSource(token: Secret | TokenProvider, description: string): JwtSource {
  return { description, read: () => takeToken(token, description) };
}

/**
 * The token itself, or what a program's function gives for one.
 * @param option what messages call the option that has it
 * @throws ConjurError `authentication_failed` where the function fails, with its error as the cause, or gives no token
 */
export async function takeToken(token: Secret | TokenProvider, option: string): Promise<Secret> {
  if (typeof token !== 'function') return token;
  let given: unknown;
  try {
    given = await token();
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    throw new ConjurError('authentication_failed', `The function in ${option}, which gives tokens, failed (${name}).`, {
      cause: error,
    });
  }
  const secret = typeof given === 'string' || given instanceof Uint8Array ? Secret.of(given) : given;
  if (secret instanceof Secret && secret.byteLength > 0) return secret;
  throw new ConjurError(
    'authentication_failed',
    `The function in ${option} gave no token: neither a Secret nor a text.`,
  );
}

/**
 * A token that somebody else keeps fresh in a file: a projected service account token, say.
 * @param option what messages call the option that names the file
 * @param readFile default: Node's own; rejects where there is no such file
 */
export function createJwtFile(
  path: string,
  option: string,
  readFile: (path: string) => Promise<Secret> = readSecretFile,
): JwtSource {
  return {
    description: `the file ${path} (${option})`,
    async read() {
      try {
        return await readFile(path);
      } catch (error) {
        throw new ConjurError(
          'authentication_failed',
          `The JSON web token could not be read from the file ${path} (${option}). Check that it is there and that this process may read it.`,
          { cause: error },
        );
      }
    },
  };
}

/** Reads a text file that holds a secret, without the line break at its end. @throws where there is none */
export async function readSecretFile(path: string): Promise<Secret> {
  return Secret.of((await readFile(path, 'utf8')).trim());
}
