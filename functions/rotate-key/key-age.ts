import type { Deadline } from '../../lib/clock.ts';
import { ConjurError } from '../../lib/errors.ts';
import { fieldsOf } from '../runtime/http.ts';
import type { RotationDeps } from './deps.ts';
import { reportKeyAge } from './report.ts';

/** True for a call that names `key_age`; its contents are for the schema to check. */
export function isKeyAgeCall(payload: unknown): boolean {
  return 'key_age' in fieldsOf(payload);
}

export interface KeyAgeAnswer {
  readonly kind: 'key-age';
  readonly name: string;
  /** Undefined where Secrets Manager does not say when the version was made. */
  readonly ageSeconds: number | undefined;
}

/**
 * Looks when the key in use was put into Secrets Manager, and reports its age as a metric. Changes nothing.
 * @throws ConjurError `invalid_request` where no secret is named, `secret_not_found` where there is none
 */
export async function lookAtKeyAge(
  deps: Pick<RotationDeps, 'settings' | 'clock' | 'recordMetrics' | 'loadSecretVersions'>,
  secretId: string | undefined,
  deadline: Deadline,
): Promise<KeyAgeAnswer> {
  const name = secretId ?? deps.settings.credentialSecretId;
  if (name === undefined) throw noSecret();
  const versions = await deps.loadSecretVersions();
  const current = await versions.read(name, { stage: 'AWSCURRENT' }, deadline);
  if (current === undefined)
    throw new ConjurError('secret_not_found', `The secret ${name} in Secrets Manager has no value yet.`);
  return { kind: 'key-age', name, ageSeconds: reportKeyAge(deps, name, current.createdAtMs) };
}

function noSecret(): ConjurError {
  return new ConjurError(
    'invalid_request',
    'The call names no secret. Give {"key_age":{"secret_id":"…"}}, or set CYBERARK_API_KEY_SECRET_ID.',
  );
}
