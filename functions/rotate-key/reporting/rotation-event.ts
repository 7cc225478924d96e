/** What others are told of a rotation. Holds no secret. */
export interface RotationEvent {
  /** The variable, or the secret in Secrets Manager. */
  readonly name: string;
  readonly version: number | string | null;
  readonly strategy: string;
  /** ISO 8601. */
  readonly rotated_at: string;
}

/** The event's `source` and `detail-type`: what a rule on the bus matches. */
export const ROTATION_EVENT_SOURCE = 'conjur-functions';
export const ROTATION_EVENT_TYPE = 'SecretRotated';
