import type { Rotation } from './rotation-schedules.ts';

/** Secrets of Secrets Manager that scheduled calls name: their names or ARNs, each once. */
export interface ScheduledSecrets {
  readonly rotated: readonly string[];
  /** Their age is looked at, and nothing else. */
  readonly looked: readonly string[];
}

export function listScheduledSecrets(rotations: readonly Rotation[]): ScheduledSecrets {
  const rotated = new Set(rotations.filter(rotatesCredential).flatMap((rotation) => secretOf(rotation) ?? []));
  const named = new Set(rotations.flatMap((rotation) => secretOf(rotation) ?? []));
  return { rotated: [...rotated], looked: [...named].filter((id) => !rotated.has(id)) };
}

/** True for a call that replaces a credential in Secrets Manager. */
export function rotatesCredential({ input }: Pick<Rotation, 'input'>): boolean {
  return input.strategy === 'conjur-api-key';
}

/** True for a call that means the function's own credential, since it names no other. */
export function needsOwnCredential(rotation: Rotation): boolean {
  return (rotatesCredential(rotation) || 'key_age' in rotation.input) && secretOf(rotation) === undefined;
}

/** The secret that a call names, if any. The calls were parsed before, so that it is a text. */
export function secretOf(rotation: Rotation): string | undefined {
  const { input } = rotation;
  if ('key_age' in input) return (input.key_age as { secret_id?: string }).secret_id;
  return rotatesCredential(rotation) ? ((input.secret_id ?? input.name) as string | undefined) : undefined;
}
