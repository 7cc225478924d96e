import { subscribe } from 'node:diagnostics_channel';
import type { Answered } from '../../infra/local/conjur/http/create-app.ts';
import { findWireFault } from '../conformance/wire-format.ts';

/** A local Conjur has given an answer in a form that no client could read. */
class WireFormatError extends Error {
  constructor(fault: string) {
    super(`The local Conjur's answer is not of Conjur's wire format: ${fault}`);
    this.name = 'WireFormatError';
  }
}

// What a subscriber throws becomes an uncaught exception, which ends the run of the test file.
subscribe('conjur-local:answer', (message) => {
  const { method, target, reply } = message as Answered;
  const fault = findWireFault({ method, target, ...reply, body: Buffer.from(reply.body) });
  if (fault !== undefined) throw new WireFormatError(fault);
});
