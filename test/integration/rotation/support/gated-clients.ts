import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Dispatcher } from 'undici';
import { HttpFault } from '../../../../lib/http/fault.ts';
import { createExchangeDispatcher, EMPTY_ANSWER, type Exchange, type HttpAnswer } from './exchange.ts';
import type { FaultForms, Gate, OutgoingCall } from './gate.ts';

/** A dispatcher whose requests pass a gate on their way to an exchange. */
export function createGatedDispatcher(gate: Gate, service: 'conjur' | 'litellm', exchange: Exchange): Dispatcher {
  return createExchangeDispatcher((request) => {
    const call: OutgoingCall = { service, name: `${request.method} ${toRoute(request.path)}` };
    return gate.pass(call, () => exchange(request), httpForms);
  });
}

const httpForms: FaultForms<HttpAnswer> = {
  lost: () => new HttpFault('broken', 'ECONNRESET'),
  timeout: () => new HttpFault('timeout', '5000 ms'),
  unavailable: () => ({ status: 503, ...EMPTY_ANSWER }),
};

/** The path without what differs between two cells of a table. */
function toRoute(path: string): string {
  return path
    .replace(/cell-\d+/g, 'cell')
    .replace(/key=[0-9a-f]{64}/, 'key=…')
    .replace(/version=\d+/, 'version=…');
}

/** AWS's client with its commands passing a gate, above the client's own repetitions. */
export function createGatedSecretsManager(
  gate: Gate,
  inner: Pick<SecretsManagerClient, 'send'>,
): Pick<SecretsManagerClient, 'send'> {
  const send = (command: { constructor: { name: string } }, options: unknown): Promise<unknown> => {
    const name = command.constructor.name.replace(/Command$/, '');
    return gate.pass(
      { service: 'secrets-manager', name },
      () => inner.send(command as never, options as never),
      awsForms,
    );
  };
  return { send: send as SecretsManagerClient['send'] };
}

const awsForms: FaultForms<never> = {
  lost: () => named('ECONNRESET'),
  timeout: () => named('TimeoutError'),
  unavailable: () => {
    throw Object.assign(named('InternalServiceError'), { $fault: 'server', $metadata: { httpStatusCode: 500 } });
  },
};

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
