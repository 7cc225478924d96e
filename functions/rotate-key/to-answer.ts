import { encodeValue } from '../shared/encode-value.ts';
import { type HttpReply, jsonReply } from '../shared/http/http-reply.ts';
import type { RotateRequest } from './parse-request.ts';
import type { RotateKeyAnswer } from './rotate-key.ts';

/** What is not known is null, and not guessed. */
export function toDirect(request: RotateRequest, answer: RotateKeyAnswer): unknown {
  if (answer.kind === 'step') return { name: answer.name, step: answer.step, outcome: answer.outcome };
  if (answer.kind === 'key-age') return { name: answer.name, age_seconds: answer.ageSeconds ?? null };
  const { name, strategy, version, rotatedAt, value, details, eventFailure } = answer;
  const returnValue = request.kind === 'rotation' && request.returnValue;
  return {
    name,
    strategy,
    version: version ?? null,
    rotated_at: rotatedAt,
    ...details,
    ...(eventFailure === undefined ? {} : { event_not_published_because: eventFailure }),
    ...(returnValue && value !== undefined ? encodeValue(value) : {}),
  };
}

export function toReply(request: RotateRequest, answer: RotateKeyAnswer): HttpReply {
  return jsonReply(200, toDirect(request, answer));
}
