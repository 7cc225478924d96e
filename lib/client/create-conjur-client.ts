import type { Dispatcher } from 'undici';
import type { Authenticator } from '../authn/authenticator.ts';
import { createAuthenticator, createCredentialSource } from '../authn/create-authenticator.ts';
import type { CredentialSource } from '../authn/credential-source.ts';
import type { SecretReader } from '../aws/secret-reader.ts';
import { type Clock, systemClock } from '../clock.ts';
import { DEFAULT_DEADLINE_MS, Deadline } from '../deadline.ts';
import { type Logger, silentLogger } from '../logger.ts';
import { createSession } from '../session/create-session.ts';
import type { ClientSettings } from '../settings/client-settings.ts';
import type { AttemptReport } from '../transport/conjur-request.ts';
import { createTransport } from '../transport/create-transport.ts';
import { createDispatchers, sharedDispatcher } from '../transport/dispatchers.ts';
import type { CallOptions, ConjurClient } from './conjur-client.ts';
import type { ConjurClientOptions } from './conjur-client-options.ts';
import type { ConjurContext } from './conjur-context.ts';
import { createReadOperations } from './create-read-operations.ts';
import { createRotationOperations } from './create-rotation-operations.ts';
import { createWriteOperations } from './create-write-operations.ts';
import { lazyAuthenticatorPorts } from './lazy-authenticator-ports.ts';
import { lazyValueCache } from './lazy-value-cache.ts';
import { toClientSettings } from './to-client-settings.ts';

export type { CallOptions, ConjurClient } from './conjur-client.ts';

/** What the client works with besides its options. All of it has a default but in tests. */
export interface ConjurClientPorts {
  readonly clock?: Clock;
  /** Uniform in [0, 1); default `Math.random`, which is good enough for the jitter of retries, its only use. */
  readonly random?: () => number;
  readonly logger?: Logger;
  /** HTTP dispatcher of undici, which its owner closes; default: a keep-alive pool made by the TLS settings. */
  readonly dispatcher?: Dispatcher;
  /** Told of every attempt, for logs and metrics. */
  readonly onAttempt?: (report: AttemptReport) => void;
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
 * @param options from `parseSettings`, or written out
 * @throws TypeError for an option out of its bounds; ConjurError `config_invalid` where the authenticator lacks what it needs
 */
export function createConjurClient(options: ConjurClientOptions, ports: ConjurClientPorts = {}): ConjurClient {
  const settings = toClientSettings(options);
  const { clock = systemClock, logger = silentLogger } = ports;
  const dispatchers = ports.dispatcher === undefined ? createDispatchers(settings) : sharedDispatcher(ports.dispatcher);
  const transport = createTransport({
    ...settings,
    dispatchers,
    clock,
    random: ports.random ?? Math.random,
    onAttempt: ports.onAttempt,
  });
  const { source, authenticator } = createAuthentication(settings, ports, clock);
  const { tokens, send } = createSession({
    authenticator,
    transport,
    clock,
    logger,
    refreshIntervalMs: settings.refreshIntervalMs,
    onRefreshFailed: ports.onRefreshFailed,
  });
  const context: ConjurContext = { account: settings.account, clock, logger, send, sendPlain: transport };
  const loadCache = lazyValueCache(settings, clock, () => tokens.login());
  const deadlineOf = (call?: CallOptions): Deadline => call?.deadline ?? new Deadline(clock, DEFAULT_DEADLINE_MS);
  const writes = createWriteOperations({ context, settings, loadCache, deadlineOf });

  return {
    ...createReadOperations({ context, loadCache, deadlineOf }),
    ...writes.operations,
    ...createRotationOperations({ context, source, deadlineOf }),
    authenticate: async (call) => {
      await tokens.get(deadlineOf(call));
    },
    tokenAgeMs: () => tokens.ageMs(),
    settled() {
      const authentication = tokens.settled();
      const load = writes.settled();
      return authentication === undefined ? load : authentication.then(() => load);
    },
    close: () => dispatchers.close(),
  };
}

function createAuthentication(
  settings: ClientSettings,
  ports: ConjurClientPorts,
  clock: Clock,
): { source: CredentialSource | undefined; authenticator: Authenticator } {
  const lazy = lazyAuthenticatorPorts(ports.secretReader, clock);
  const source = createCredentialSource(settings, { ...lazy, clock });
  return { source, authenticator: ports.authenticator ?? createAuthenticator(settings, source, lazy) };
}
