import type { Dispatcher } from 'undici';
import { type ConjurContext, createConjurTransport } from './answers.ts';
import type { Authenticator } from './auth/authenticator.ts';
import { createAuthenticator, createCredentialSource, lazyAuthenticatorDeps } from './auth/create-authenticator.ts';
import type { CredentialSource } from './auth/credential.ts';
import type { SecretReader } from './auth/secret-reader.ts';
import { createSession } from './auth/session.ts';
import { TOKEN_FILE_REFRESH_MS } from './auth/token-file.ts';
import { type Clock, createRunCall, createSystemClock } from './clock.ts';
import type { ConjurClient } from './conjur-client.ts';
import { fromEnv } from './env.ts';
import { createDispatchers, sharedDispatcher } from './http/dispatchers.ts';
import type { AttemptReport, HeldBackReport } from './http/request.ts';
import { type Logger, silentLogger } from './logger.ts';
import { createReadOperations, createRotationOperations, createWriteOperations } from './operations.ts';
import { lazyValueCache } from './secrets/cached-reads.ts';
import { type ConjurClientOptions, createNameOf, type Settings, toSettings } from './settings.ts';

export type { CallOptions } from './clock.ts';
export type {
  ConjurClient,
  ReadSecretOptions,
  ReadSecretsOptions,
  RotateApiKeyOptions,
  WriteSecretOptions,
  WriteSecretsOptions,
} from './conjur-client.ts';

/**
 * What the client works with besides its options. All of it has a default. A logger, `traceparent` or an `on…` that throws or rejects
 * changes no call: the process warns of it once (`ConjurClientWarning`).
 */
export interface ConjurClientDeps {
  readonly clock?: Clock;
  /** Uniform in [0, 1); default `Math.random`, which is good enough for jitter, its only use: of retries and of refreshes. */
  readonly random?: () => number;
  /** Hears of what an operator should know. Default: nobody does. */
  readonly logger?: Logger;
  /** HTTP dispatcher of undici, which its owner closes; default: a keep-alive pool made by the TLS settings. */
  readonly dispatcher?: Dispatcher;
  /** Told of every attempt, for logs and metrics. */
  readonly onAttempt?: (report: AttemptReport) => void;
  /** Told of every request that was not sent, or not repeated, to spare a server that fails. */
  readonly onHeldBack?: (report: HeldBackReport) => void;
  /** Gives the W3C `traceparent` that requests to Conjur carry; asked before each attempt. Default: they carry none. */
  readonly traceparent?: () => string | undefined;
  /** Told of a refresh of the session token that failed while the old token lives, so that no call has failed yet. */
  readonly onRefreshFailed?: (error: unknown) => void;
  /** Default: the one that the options name. */
  readonly authenticator?: Authenticator;
  /** Reads credentials from AWS Secrets Manager. Default: AWS's own client, loaded when it is first needed. */
  readonly secretReader?: SecretReader;
}

/**
 * Builds a client. Nothing is sent yet.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/lp_rest_api.htm
 * @param options default: what the environment says (`fromEnv`)
 * @throws TypeError that names the options that are not what they must be; ConjurError `config_invalid` where the environment is read,
 * and names variables
 * @example
 * await using conjur = createConjurClient();
 * const { value } = await conjur.readSecret('app/db/password');
 */
export function createConjurClient(options?: ConjurClientOptions, deps: ConjurClientDeps = {}): ConjurClient {
  const { clock = createSystemClock(), random = Math.random } = deps;
  const logger = deps.logger === undefined ? silentLogger : shieldedLogger(deps.logger);
  const settings = toSettings(options ?? fromEnv(process.env, { warn: (warning) => logger.warn(warning) }));
  const nameOf = createNameOf(settings);
  const dispatchers = deps.dispatcher === undefined ? createDispatchers(settings) : sharedDispatcher(deps.dispatcher);
  const transport = createConjurTransport({
    ...settings,
    nameOf,
    dispatchers,
    clock,
    random,
    onAttempt: deps.onAttempt && shielded('onAttempt', deps.onAttempt),
    onHeldBack: deps.onHeldBack && shielded('onHeldBack', deps.onHeldBack),
    traceparent: deps.traceparent && shielded('traceparent', deps.traceparent),
  });
  const { source, authenticator: plain } = createAuthentication(settings, deps, clock);
  const authenticator =
    settings.tls.clientFiles === undefined
      ? plain
      : refreshing(plain, async () => {
          const { createCertificateRefresh } = await import('./auth/client-certificate.ts');
          return createCertificateRefresh(settings.tls, dispatchers.useTls, logger);
        });
  const { tokens, send } = createSession({
    authenticator,
    transport,
    nameOf,
    clock,
    logger,
    refreshIntervalMs: refreshIntervalOf(settings),
    random,
    onRefreshFailed: deps.onRefreshFailed && shielded('onRefreshFailed', deps.onRefreshFailed),
  });
  const { account, edition } = settings;
  const context: ConjurContext = { account, edition, nameOf, clock, logger, send, sendPlain: transport };
  const loadCache = lazyValueCache(settings, clock, () => tokens.login());
  const run = createRunCall(clock);
  const writes = createWriteOperations({ context, settings, loadCache, run });
  const close = (): Promise<void> => dispatchers.close();

  return {
    ...createReadOperations({ context, loadCache, run }),
    ...writes.operations,
    ...createRotationOperations({ context, source, run }),
    authenticate: (call) =>
      run(call, async (deadline) => {
        await tokens.get(deadline);
      }),
    tokenAgeMs: () => tokens.ageMs(),
    idle() {
      const authentication = tokens.idle();
      const load = writes.idle();
      return authentication === undefined ? load : authentication.then(() => load);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Looks for a renewed certificate before each login. */
function refreshing(authenticator: Authenticator, load: () => Promise<() => Promise<void>>): Authenticator {
  let refresh: (() => Promise<void>) | undefined;
  return {
    ...authenticator,
    async prepare(refusals, deadline) {
      refresh ??= await load();
      await refresh();
      return authenticator.prepare(refusals, deadline);
    },
  };
}

/** What is only read from a file is looked at often: another process may have put a new token there. */
function refreshIntervalOf({ auth, refreshIntervalMs }: Settings): number {
  return auth.type === 'token-file' ? Math.min(refreshIntervalMs, TOKEN_FILE_REFRESH_MS) : refreshIntervalMs;
}

function createAuthentication(
  settings: Settings,
  deps: ConjurClientDeps,
  clock: Clock,
): { source: CredentialSource | undefined; authenticator: Authenticator } {
  const lazy = lazyAuthenticatorDeps(deps.secretReader, clock);
  const source = createCredentialSource(settings, lazy);
  return { source, authenticator: deps.authenticator ?? createAuthenticator(settings, source, lazy) };
}

/** What a client tells to those who watch it. */
type Observer<Args extends readonly unknown[], Result> = (...args: Args) => Result;

/** Node prints warnings of a name of one's own like any other: https://nodejs.org/api/process.html#event-warning */
const WARNING = 'ConjurClientWarning';

/**
 * Keeps what an observer throws, or rejects with, from the one who tells it: a call that Conjur has answered must not fail for its log
 * line, and what goes on in the background has nobody to fail. Its first failure is told by a warning of the process.
 * @param name what its owner calls it
 * @returns undefined where it failed, or is an async one
 */
export function shielded<Args extends readonly unknown[], Result>(
  name: string,
  observer: Observer<Args, Result>,
): Observer<Args, Result | undefined> {
  let isTold = false;
  const tell = (error: unknown): void => {
    if (isTold) return;
    isTold = true;
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
    process.emitWarning(`${name} of a Conjur client failed (${reason}). The client goes on without it.`, WARNING);
  };
  return (...args) => {
    try {
      const result = observer(...args);
      if (!(result instanceof Promise)) return result;
      // A function of which nobody awaits the result may be an async one all the same.
      result.catch(tell);
      return undefined;
    } catch (error) {
      tell(error);
      return undefined;
    }
  };
}

/** The same for all of a logger; its methods keep their `this`. */
export function shieldedLogger(logger: Logger): Logger {
  const shield = (level: keyof Logger) =>
    shielded<Parameters<Logger['warn']>, void>(`logger.${level}`, (...line) => logger[level](...line));
  return { debug: shield('debug'), info: shield('info'), warn: shield('warn'), error: shield('error') };
}
