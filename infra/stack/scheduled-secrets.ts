/** An entry of `custom.rotations`: when, and beside that the call of rotate-key itself. */
export interface Rotation {
  /** `rate(…)` or `cron(…)` of EventBridge Scheduler. */
  readonly rate: string;
  readonly enabled: boolean;
  readonly timezone: string | undefined;
  /** When it may fire for the first time, ISO 8601. Default: one interval after the deployment that brings it. */
  readonly start: string | undefined;
  /** It fires within so many minutes after its time; 0: at its time. Default: 15, or a quarter of a short interval. */
  readonly windowMinutes: number | undefined;
  /** The event that rotate-key gets. */
  readonly input: Readonly<Record<string, unknown>>;
}

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
