import type { WriteResult } from '../../lib/client/write-secret.ts';
import { type HttpReply, jsonReply } from '../shared/http/http-reply.ts';
import type { WriteRequest } from './request.ts';
import type { WriteAnswer } from './write-secret.ts';

/** The answer as JSON, in the form that HTTP and direct calls share. */
export function toBody(answer: WriteAnswer): unknown {
  if (answer.kind === 'one') return toResult(answer.result);
  if (answer.kind === 'delete') return answer.result;
  return {
    secrets: answer.result.results.map(toResult),
    errors: answer.result.errors.map(({ name, error }) => ({ name, code: error.code, message: error.message })),
  };
}

/** @throws ConjurError `payload_too_large` */
export function toReply(_request: WriteRequest, answer: WriteAnswer): HttpReply {
  const created = answer.kind === 'one' && answer.result.created;
  return jsonReply(created ? 201 : 200, toBody(answer));
}

export function toDirect(_request: WriteRequest, answer: WriteAnswer): unknown {
  return toBody(answer);
}

/** What is not known is null, and not guessed. */
function toResult({ name, created, changed, version }: WriteResult): Record<string, unknown> {
  return { name, created, changed: changed ?? null, version: version ?? null };
}
