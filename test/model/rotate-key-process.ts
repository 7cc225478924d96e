import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Dispatcher } from 'undici';
import { parseDirect } from '../../functions/rotate-key/api.ts';
import { createConnectAs } from '../../functions/rotate-key/create-deps.ts';
import type { RotationDeps } from '../../functions/rotate-key/deps.ts';
import { rotate } from '../../functions/rotate-key/rotate.ts';
import { createSecretVersions } from '../../functions/rotate-key/strategies/conjur-api-key/create-secret-versions.ts';
import { createLitellmApi } from '../../functions/rotate-key/strategies/litellm-virtual-key/litellm-api.ts';
import { type FunctionSettings, parseFunctionSettings } from '../../functions/runtime/settings.ts';
import { createConjurClient } from '../../lib/client.ts';
import { type Clock, Deadline } from '../../lib/clock.ts';
import { HttpFault } from '../../lib/http/fault.ts';
import type { Transport } from '../../lib/http/transport.ts';
import { silentLogger } from '../../lib/logger.ts';
import { Secret } from '../../lib/secret.ts';
import { createExchangeDispatcher } from '../integration/rotation/support/exchange.ts';
import type { Port } from './explore.ts';
import { FOLLOWER, type HttpValue, LEADER, MASTER_KEY, toApiKey } from './world.ts';

/** Time stands still: what lies between two calls is what the others do, and a wait is a chance for them. */
export const stillClock: Clock = { now: () => 1_770_000_000_000, sleep: async () => undefined };

/** The longest that is taken. */
const TIMEOUT_MS = 900_000;

export interface ProcessOptions {
  /** Tells processes apart in what they draw. */
  readonly name: string;
  /** Whether reads may go to a follower. */
  readonly hasFollower?: boolean;
}

/** The settings of all processes: they log in as `admin`. */
export function modelSettings(hasFollower = false): FunctionSettings {
  const { settings } = parseFunctionSettings(
    {
      CYBERARK_API_BASE: LEADER,
      CYBERARK_API_KEY: toApiKey('admin', 0),
      CYBERARK_MAX_ATTEMPTS: '2',
      ...(hasFollower ? { CYBERARK_READ_API_BASE: FOLLOWER } : {}),
    },
    { readFile: () => '' },
  );
  return { ...settings, timeoutMs: TIMEOUT_MS };
}

/**
 * rotate-key in a process that has just started, with the real clients of all services: only what would go over a wire goes through the
 * port instead.
 */
export async function invokeRotateKey(port: Port, event: unknown, options: ProcessOptions): Promise<unknown> {
  const settings = modelSettings(options.hasFollower);
  const dispatcher = createConjurDispatcher(port);
  let drawn = 0;
  const deps: RotationDeps = {
    settings,
    clock: stillClock,
    logger: silentLogger,
    countAttempts: () => 0,
    conjur: createConjurClient(settings, { clock: stillClock, dispatcher }),
    randomInt: (bound) => (toNumber(options.name) + drawn++) % bound,
    randomUuid: () => `drawn-by-${options.name}-${drawn++}`,
    connectAs: createConnectAs({ settings, clock: stillClock, logger: silentLogger }, dispatcher),
    loadSecretVersions: async () => createSecretVersions(createAws(port)),
    loadLitellm: async () => createLitellmApi(createLitellmTransport(port), Secret.of(MASTER_KEY)),
    publish: undefined,
    recordMetrics: () => undefined,
  };
  const answer = await rotate(deps, parseDirect(event), new Deadline(stillClock, Number.POSITIVE_INFINITY));
  if (answer.kind === 'step') return { outcome: answer.outcome };
  if (answer.kind === 'rotation') return { version: answer.version, key: answer.value?.expose() };
  return {};
}

function toNumber(name: string): number {
  return [...name].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 61, 0);
}

export function createConjurDispatcher(port: Port): Dispatcher {
  return createExchangeDispatcher(async ({ origin, path, method, headers, body }) => {
    const { authorization = '' } = headers as Record<string, string>;
    const text = body === null || body === undefined ? '' : Buffer.from(body as string | Uint8Array).toString();
    const input = { origin: String(origin), body: text, authorization };
    const answer = await port({ service: 'conjur', name: `${method} ${path}`, input });
    if ('lost' in answer) throw new HttpFault('broken', 'ECONNRESET');
    const value = answer.value as HttpValue;
    return { status: value.status, headers: {}, body: Buffer.from(value.body) };
  });
}

function createLitellmTransport(port: Port): Transport {
  return async ({ method, path, headers = {}, body = '' }) => {
    const input = { origin: '', body: String(body), authorization: headers.authorization ?? '' };
    const answer = await port({ service: 'litellm', name: `${method} ${path}`, input });
    if ('lost' in answer) throw new HttpFault('broken', 'ECONNRESET');
    const value = answer.value as HttpValue;
    return { status: value.status, headers: {}, body: Buffer.from(value.body), fromLeader: true };
  };
}

/** AWS's client above its own repetitions. */
function createAws(port: Port): Pick<SecretsManagerClient, 'send'> {
  const send = async (command: { constructor: { name: string }; input: unknown }): Promise<unknown> => {
    const name = command.constructor.name.replace(/Command$/, '');
    const answer = await port({ service: 'secrets-manager', name, input: command.input });
    if ('lost' in answer) throw Object.assign(new Error('lost'), { name: 'TimeoutError' });
    const value = answer.value as { error?: string; CreatedDate?: number };
    if (value.error !== undefined)
      throw Object.assign(new Error(value.error), {
        name: value.error,
        $fault: 'client',
        $metadata: { httpStatusCode: 400 },
      });
    return value.CreatedDate === undefined ? value : { ...value, CreatedDate: new Date(value.CreatedDate) };
  };
  return { send: send as SecretsManagerClient['send'] };
}
