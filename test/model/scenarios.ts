import { credentialModel, fourSteps, OPERATORS, operator, RESERVED, reader, rotator } from './credentials.ts';
import { type Explored, explore } from './explore.ts';
import { KEY_OPERATORS, keyOperator, keyRotator, virtualKeyModel } from './virtual-keys.ts';

export interface Result extends Explored {
  /** Ends that the rules excuse; each model says which. */
  readonly excused: number;
}

export type Scenario = () => Promise<Result>;

const TOKEN = 'token-that-secrets-manager-has-drawn';

type CredentialParts = Parameters<typeof credentialModel>[0];
type KeyParts = Parameters<typeof virtualKeyModel>[0];

function credentials(parts: CredentialParts): Scenario {
  return async () => {
    const excused = { slips: 0 };
    const explored = await explore(credentialModel(parts, excused));
    return { ...explored, excused: excused.slips };
  };
}

function virtualKeys(parts: KeyParts): Scenario {
  return async () => {
    const excused = { crashesBeforeTheLook: 0 };
    const explored = await explore(virtualKeyModel(parts, excused));
    return { ...explored, excused: excused.crashesBeforeTheLook };
  };
}

const crashes = { crashes: true };
const loses = { loses: true };
const BEGINNINGS = ['pair', 'pair-rotated-once', 'pair-with-left-over-label', 'pair-begun', 'single'] as const;
const operators = Object.keys(OPERATORS) as (keyof typeof OPERATORS)[];
const keyOperators = Object.keys(KEY_OPERATORS) as (keyof typeof KEY_OPERATORS)[];

/** What `npm test` explores: some seconds. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a pair, two rotations': credentials({ beginning: 'pair', actors: [rotator('a'), rotator('b')] }),
  'a pair, the four steps delivered twice': credentials({
    beginning: 'pair-reserved',
    actors: [fourSteps('a', RESERVED), fourSteps('b', RESERVED)],
  }),
  "a pair, Secrets Manager's rotation and a direct one": credentials({
    beginning: 'pair',
    actors: [fourSteps('a', TOKEN), rotator('b')],
  }),
  'a pair, a rotation that crashes twice': credentials({
    beginning: 'pair',
    actors: [rotator('a', crashes)],
    crashes: 2,
  }),
  'a pair, a rotation that loses two answers': credentials({
    beginning: 'pair',
    actors: [rotator('a', loses)],
    losses: 2,
  }),
  'a pair, two rotations, a follower that lags behind': credentials({
    beginning: 'pair',
    actors: [rotator('a', {}, true), rotator('b', {}, true)],
    hasFollower: true,
  }),
  'a pair, a rotation that loses an answer, and another': credentials({
    beginning: 'pair',
    actors: [rotator('a', loses), rotator('b')],
    losses: 1,
  }),
  'a pair, a rotation begun, two go on with it': credentials({
    beginning: 'pair-begun',
    actors: [rotator('a'), rotator('b')],
  }),
  'a pair, a reader, a rotation that crashes': credentials({
    beginning: 'pair-rotated-once',
    actors: [rotator('a', crashes), reader('reader')],
    crashes: 1,
  }),
  'a pair, a label left on a version that was replaced twice': credentials({
    beginning: 'pair-with-old-label',
    actors: [rotator('a', crashes)],
    crashes: 1,
  }),
  'a pair whose key is dead': credentials({ beginning: 'pair-dead', actors: [rotator('a', crashes)], crashes: 1 }),
  'a pair whose key is dead, after one of other hosts': credentials({
    beginning: 'pair-dead-after-other-hosts',
    actors: [rotator('a'), rotator('b')],
  }),
  'a single host, two rotations': credentials({ beginning: 'single', actors: [rotator('a'), rotator('b')] }),
  'a single host, a rotation that crashes': credentials({
    beginning: 'single',
    actors: [rotator('a', crashes)],
    crashes: 2,
  }),
  ...Object.fromEntries(
    operators.flatMap((does) =>
      BEGINNINGS.map((beginning) => [
        `${beginning}, an operator who ${does}`,
        credentials({ beginning, actors: [rotator('a'), operator(does)] }),
      ]),
    ),
  ),
  'a virtual key, two rotations': virtualKeys({ actors: [keyRotator('a'), keyRotator('b')] }),
  'a virtual key, a rotation that crashes twice': virtualKeys({ actors: [keyRotator('a', crashes)], crashes: 2 }),
  'a virtual key, a rotation that loses two answers': virtualKeys({ actors: [keyRotator('a', loses)], losses: 2 }),
  ...Object.fromEntries(
    keyOperators.map((does) => [
      `a virtual key, an operator who ${does}`,
      virtualKeys({ actors: [keyRotator('a', crashes), keyOperator(does)], crashes: 1 }),
    ]),
  ),
};

/** What takes minutes: three that act, crashes on top of that, a follower that lags behind. */
export const DEEPER: Readonly<Record<string, Scenario>> = {
  'a pair, two rotations, one of which crashes': credentials({
    beginning: 'pair',
    actors: [rotator('a', crashes), rotator('b')],
    crashes: 1,
  }),
  'a pair, the four steps delivered twice, one crashes': credentials({
    beginning: 'pair-reserved',
    actors: [fourSteps('a', RESERVED, crashes), fourSteps('b', RESERVED)],
    crashes: 1,
  }),
  'a pair whose key is dead, two rotations, one of which crashes': credentials({
    beginning: 'pair-dead',
    actors: [rotator('a', crashes), rotator('b')],
    crashes: 1,
  }),
  'a single host, the four steps delivered late': credentials({
    beginning: 'single',
    actors: [fourSteps('a', TOKEN), fourSteps('b', TOKEN)],
  }),
  'a pair begun, two rotations, an operator who switches to the other host': credentials({
    beginning: 'pair-begun',
    actors: [rotator('a'), rotator('b'), operator('switches to the other host')],
  }),
  'a single host, two rotations, one of which crashes': credentials({
    beginning: 'single',
    actors: [rotator('a', crashes), rotator('b')],
    crashes: 1,
  }),
  ...Object.fromEntries(
    operators.map((does) => [
      `a pair, two rotations, an operator who ${does}`,
      credentials({ beginning: 'pair-rotated-once', actors: [rotator('a'), rotator('b'), operator(does)] }),
    ]),
  ),
  ...Object.fromEntries(
    operators.map((does) => [
      `a pair, a rotation that crashes, an operator who ${does}`,
      credentials({ beginning: 'pair', actors: [rotator('a', crashes), operator(does)], crashes: 2 }),
    ]),
  ),
  'a virtual key, two rotations, one of which crashes': virtualKeys({
    actors: [keyRotator('a', crashes), keyRotator('b')],
    crashes: 1,
  }),
};
