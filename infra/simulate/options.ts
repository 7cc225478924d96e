/**
 * How a server is ill: connections are refused, a load balancer without a server behind it answers 503, no answer comes, or work takes ten
 * times as long.
 */
export const TROUBLE_KINDS = ['refused', '503', 'hanging', 'slow'] as const;
export type TroubleKind = (typeof TROUBLE_KINDS)[number];
export interface Trouble {
  readonly kind: TroubleKind;
  /** Of the requests that meet it: 1 is an outage, less a brown-out. */
  readonly share: number;
}

/** Which servers are ill. */
export const ILL = ['all', 'leader', 'followers', 'first-follower'] as const;

export interface SimulationOptions {
  /** Containers that run at once. */
  readonly containers: number;
  /** Seconds within which the first ones start. */
  readonly burstS: number;
  /** Calls a second of each container. */
  readonly callsPerS: number;
  /** Of these calls, percent that write a value, and that load a policy; the others read. */
  readonly writePercent: number;
  readonly policyPercent: number;
  /** Seconds that a container lives: half to one and a half of it, then another one starts in its place. 0: until the end. */
  readonly containerLifeS: number;
  /** Of the leader, and of each follower. */
  readonly workers: number;
  readonly followers: number;
  /** Seconds that a session token lives. */
  readonly tokenLifeS: number;
  /** Seconds, `CYBERARK_REFRESH_INTERVAL`. */
  readonly refreshS: number;
  readonly durationS: number;
  readonly outage?:
    | (Trouble & { readonly fromS: number; readonly forS: number; readonly of: (typeof ILL)[number] })
    | undefined;
  readonly jitter: boolean;
  readonly sparing: boolean;
  readonly seed: number;
}

export const DEFAULTS: SimulationOptions = {
  containers: 1_000,
  burstS: 10,
  callsPerS: 1,
  writePercent: 0,
  policyPercent: 0,
  containerLifeS: 0,
  workers: 32,
  followers: 0,
  tokenLifeS: 480,
  refreshS: 300,
  durationS: 900,
  jitter: true,
  sparing: true,
  seed: 1,
};
