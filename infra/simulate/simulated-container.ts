import { type ConjurContext, createConjurTransport } from '../../lib/answers.ts';
import {
  createAuthenticator,
  createCredentialSource,
  lazyAuthenticatorDeps,
} from '../../lib/auth/create-authenticator.ts';
import { createSession } from '../../lib/auth/session.ts';
import { type Clock, Deadline } from '../../lib/clock.ts';
// The client loads it with the first fault. Time must not go on meanwhile.
import '../../lib/explain-fault.ts';
import type { Dispatchers } from '../../lib/http/dispatchers.ts';
import type { HeldBackReport } from '../../lib/http/request.ts';
import { Circuit, RetryBudget } from '../../lib/http/retry-plan.ts';
import { silentLogger } from '../../lib/logger.ts';
import { loadPolicy } from '../../lib/resources/load-policy.ts';
import { Secret } from '../../lib/secret.ts';
import { readSecret } from '../../lib/secrets/read-secret.ts';
import { setValue, VersionMemory } from '../../lib/secrets/write-secret.ts';
import { createNameOf, type Settings } from '../../lib/settings.ts';

/** As a function limits them: a call over HTTP less the margin for its answer, and the first login at the start. Milliseconds. */
const CALL_MS = 28_700;
const WARM_UP_MS = 2_500;
const NAME = 'app/db/password';
const VALUE = Secret.of('value');

export interface SimulatedContainerOptions {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly dispatchers: Dispatchers;
  readonly random: () => number;
  /** False: each token has the whole refresh interval. */
  readonly jitter: boolean;
  /** False: retries without a budget, servers without a circuit. */
  readonly sparing: boolean;
  /** Told of each login that replaces a token. */
  readonly onRefresh: () => void;
  readonly onHeldBack: (report: HeldBackReport) => void;
}

/** What a call does. */
export type CallKind = 'read' | 'write' | 'policy load';

/** A warm container: the product's own session token, retries, budget and circuits, of one process. */
export interface SimulatedContainer {
  /** Gets the first session token, as a function does while it starts. A failure is not fatal. */
  warmUp(): Promise<void>;
  /** @throws ConjurError */
  call(kind: CallKind): Promise<void>;
  /** Milliseconds since the session token was got; undefined without one. */
  tokenAgeMs(): number | undefined;
}

export function createSimulatedContainer(options: SimulatedContainerOptions): SimulatedContainer {
  const { settings, clock, dispatchers, random, jitter, sparing } = options;
  const nameOf = createNameOf(settings);
  const lazy = lazyAuthenticatorDeps(undefined, clock);
  const transport = createConjurTransport({
    ...settings,
    ...(sparing ? {} : { budget: new EndlessBudget(), createCircuit: () => new ClosedCircuit(random) }),
    nameOf,
    dispatchers,
    clock,
    random,
    onHeldBack: options.onHeldBack,
    onAttempt({ action }) {
      if (action.startsWith('authenticating') && tokens.ageMs() !== undefined) options.onRefresh();
    },
  });
  const { tokens, send } = createSession({
    authenticator: createAuthenticator(settings, createCredentialSource(settings, { ...lazy, clock }), lazy),
    transport,
    nameOf,
    clock,
    logger: silentLogger,
    refreshIntervalMs: settings.refreshIntervalMs,
    random: jitter ? random : () => 0,
  });
  const { account, edition } = settings;
  const context: ConjurContext = { account, edition, nameOf, clock, logger: silentLogger, send, sendPlain: transport };

  const versions = new VersionMemory();
  const calls: Readonly<Record<CallKind, (deadline: Deadline) => Promise<unknown>>> = {
    read: (deadline) => readSecret(context, NAME, {}, deadline),
    write: (deadline) => setValue(context, versions, NAME, VALUE, deadline),
    'policy load': (deadline) => loadPolicy(context, 'root', '- !variable app/new', {}, deadline),
  };

  return {
    async warmUp() {
      await tokens.get(new Deadline(clock, WARM_UP_MS)).catch(() => undefined);
    },
    async call(kind) {
      await calls[kind](new Deadline(clock, CALL_MS));
    },
    tokenAgeMs: () => tokens.ageMs(),
  };
}

/** As it was before there was a budget: every retry is made. */
class EndlessBudget extends RetryBudget {
  override spend(): boolean {
    return true;
  }
}

/** As it was before there were circuits: every server is asked. */
class ClosedCircuit extends Circuit {
  override admits(): boolean {
    return true;
  }

  override enter(): boolean {
    return false;
  }
}
