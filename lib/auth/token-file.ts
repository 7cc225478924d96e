import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { ConjurError } from '../errors.ts';
import type { NameOf } from '../options.ts';
import { type AccessToken, parseAccessToken } from './access-token.ts';
import type { Authenticator } from './authenticator.ts';

/** A token file is read again beside a request after this long, so that a new token is in use soon. */
export const TOKEN_FILE_REFRESH_MS = 5_000;

export interface TokenFileAuthenticatorOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly nameOf: NameOf;
}

/**
 * Takes the access token from a file that another process keeps fresh: a sidecar that logs in for its neighbours. Nothing is sent. A
 * token that Conjur refuses is taken again only where the file has another one by then.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/integrations/k8s-ocp/k8s-app-identity.htm
 */
export function createTokenFileAuthenticator({ path, clock, nameOf }: TokenFileAuthenticatorOptions): Authenticator {
  const where = `the file ${path} (${nameOf('auth.tokenFile')})`;
  return {
    kind: 'token-file',
    advice: `Check that the process which writes ${where} runs and is logged in.`,
    prepare: async () => undefined,
    async readToken() {
      let body: Buffer;
      try {
        body = await readFile(path);
      } catch (error) {
        throw refused(`The access token could not be read from ${where}.`, error);
      }
      const token = parseAccessToken({ body: trimEnd(body), fromLeader: true }, () => where);
      const leftMs = token.expiresAtMs - clock.now();
      if (leftMs <= 0) throw refused(`The access token in ${where} has expired.`);
      return { ...token, lifeMs: Math.min(token.lifeMs, leftMs) } satisfies AccessToken;
    },
  };

  function refused(problem: string, cause?: unknown): ConjurError {
    return new ConjurError('authentication_failed', `${problem} Check the process that writes it.`, { cause });
  }
}

function trimEnd(body: Buffer): Buffer {
  return Buffer.from(body.toString('utf8').trim());
}
