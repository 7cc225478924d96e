import type { RotationRunner } from '../rotation/create-rotation-runner.ts';
import type { SecretStore } from '../secret-store.ts';

/** What the operations share. */
export interface OperationContext {
  readonly store: SecretStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** That many random bytes. */
  readonly random: (size: number) => Uint8Array;
  /** AWS region in the ARN of a new secret. */
  readonly region: string;
  readonly rotation: RotationRunner;
  /** How many reads by the label AWSPENDING, after a value was put there, answer that there is none. */
  readonly pendingInvisibleReads: number;
  /** Such reads still to come, by ARN. */
  readonly hiddenPendingReads: Map<string, number>;
}

export type Operation = (context: OperationContext, input: Readonly<Record<string, unknown>>) => unknown;

/** Time stamps travel as seconds since 1970, with a fraction. */
export function toSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}
