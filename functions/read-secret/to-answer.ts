import type { SecretValue } from '../../lib/client/read-secret.ts';
import { encodeValue } from '../shared/encode-value.ts';
import { assertFits, bytesReply, type HttpReply, jsonReply } from '../shared/http/http-reply.ts';
import { toCursor } from './cursor.ts';
import type { ReadAnswer } from './read-secret.ts';
import type { ReadRequest } from './request.ts';

/** The answer as JSON, in the form that HTTP and direct calls share. */
export function toBody(answer: ReadAnswer): unknown {
  switch (answer.kind) {
    case 'one':
      return toSecret(answer.secret);
    case 'many':
      return {
        secrets: answer.result.secrets.map(toSecret),
        errors: answer.result.errors.map(({ name, error }) => ({ name, code: error.code, message: error.message })),
      };
    case 'list':
      return {
        secrets: answer.variables.map(({ name, version, createdAt }) => ({
          name,
          version: version ?? null,
          created_at: createdAt ?? null,
        })),
        cursor: answer.nextOffset === undefined ? null : toCursor(answer.nextOffset),
      };
    case 'health': {
      const { ok, account, login, tokenAgeSeconds } = answer.health;
      return { ok, account, login, token_age_seconds: tokenAgeSeconds };
    }
  }
}

/** `stale` stands only where it is true: Conjur failed, and the value comes from the cache past its time. */
function toSecret({ name, value, stale }: SecretValue) {
  return { name, ...encodeValue(value), ...(stale ? { stale } : {}) };
}

/** @throws ConjurError `payload_too_large` */
export function toReply(request: ReadRequest, answer: ReadAnswer): HttpReply {
  if (answer.kind === 'one' && request.kind === 'one' && request.raw)
    return bytesReply(answer.secret.value.exposeBytes(), 'application/octet-stream');
  return jsonReply(200, toBody(answer));
}

/** @throws ConjurError `payload_too_large` */
export function toDirect(_request: ReadRequest, answer: ReadAnswer): unknown {
  const body = toBody(answer);
  // Only what holds values can come near the limit, so that the common small answer is not serialised twice.
  if (sizeOf(answer) > 500_000) assertFits(Buffer.byteLength(JSON.stringify(body)));
  return body;
}

function sizeOf(answer: ReadAnswer): number {
  if (answer.kind === 'one') return answer.secret.value.byteLength;
  if (answer.kind === 'many') return answer.result.secrets.reduce((sum, { value }) => sum + value.byteLength, 0);
  return 0;
}
