import type { FunctionSettings } from '../../functions/runtime/settings.ts';
import { createConjurTransport } from '../../lib/answers.ts';
import type { Authenticator } from '../../lib/auth/authenticator.ts';
import {
  createAuthenticator,
  createCredentialSource,
  lazyAuthenticatorDeps,
} from '../../lib/auth/create-authenticator.ts';
import { type Clock, Deadline, systemClock } from '../../lib/clock.ts';
import { createDispatchers } from '../../lib/http/dispatchers.ts';
import type { HttpRequest, HttpResponse } from '../../lib/http/request.ts';
import type { Secret } from '../../lib/secret.ts';
import { createNameOf } from '../../lib/settings.ts';
import type { ShellValues } from './shell-values.ts';
import { type CurlOptions, toCurl } from './to-curl.ts';

/** What the checks share. One learns what the next one needs. */
export interface DoctorContext {
  readonly settings: FunctionSettings;
  readonly values: ShellValues;
  readonly now: () => number;
  /** One attempt, and the answer as it is. @throws ConjurError where no answer came */
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  /**
   * The same with the session token that the check of the authentication got.
   * @param baseUrl default: the leader's
   */
  readonly sendAuthorized: (request: HttpRequest, baseUrl?: URL) => Promise<HttpResponse>;
  /** The curl command of a request, which shows no secret. */
  readonly toCurl: (request: HttpRequest, options?: CurlOptions) => string;
  /** For the settings at hand, or for another account. */
  readonly authenticatorFor: (account: string) => Authenticator;
  authorization: Secret | undefined;
  /** Who this is: by the settings, and once authenticated by the token. A secret, a JWT or a certificate may name another. */
  login: string;
  readonly close: () => Promise<void>;
}

/** Longest wait for one answer. */
const LIMIT_MS = 10_000;

export function createDoctorContext(settings: FunctionSettings, values: ShellValues, now: () => number): DoctorContext {
  const clock: Clock = systemClock;
  const dispatchers = createDispatchers(settings);
  const nameOf = createNameOf(settings);
  // The doctor looks at each server's first answer; followers are passed over, so that it is the base URL that is examined.
  const options = { ...settings, readBaseUrls: [], maxAttempts: 1, dispatchers, clock, random: Math.random, nameOf };
  const send = (request: HttpRequest, baseUrl = settings.baseUrl): Promise<HttpResponse> =>
    createConjurTransport({ ...options, baseUrl })(request, new Deadline(clock, LIMIT_MS));
  const deps = lazyAuthenticatorDeps(undefined, clock);
  const context: DoctorContext = {
    settings,
    values,
    now,
    send,
    sendAuthorized(request, baseUrl) {
      const authorization = context.authorization?.expose() ?? '';
      return send({ ...request, headers: { ...request.headers, authorization } }, baseUrl);
    },
    toCurl: (request, curlOptions) => toCurl(settings, values, request, curlOptions),
    authenticatorFor(account) {
      const source = createCredentialSource(settings, { ...deps, clock });
      return createAuthenticator({ ...settings, account }, source, deps);
    },
    authorization: undefined,
    login: settings.auth.login ?? '',
    close: () => dispatchers.close(),
  };
  return context;
}
