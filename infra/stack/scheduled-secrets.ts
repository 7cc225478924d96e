import type { Rotation } from './rotation-schedules.ts';

/** The secrets of Secrets Manager that scheduled calls name: their names or ARNs, each once. */
export function listScheduledSecrets(rotations: readonly Rotation[]): string[] {
  return [...new Set(rotations.flatMap(({ input }) => secretOf(input) ?? []))];
}

/** True for a call that means the functions' own credential, since it names no other. */
export function needsOwnCredential({ input }: Rotation): boolean {
  return (input.strategy === 'conjur-api-key' || 'key_age' in input) && secretOf(input) === undefined;
}

/** The calls were parsed before, so that the ids are texts. */
function secretOf(input: Rotation['input']): string | undefined {
  if ('key_age' in input) return (input.key_age as { secret_id?: string }).secret_id;
  return input.strategy === 'conjur-api-key' ? ((input.secret_id ?? input.name) as string | undefined) : undefined;
}
