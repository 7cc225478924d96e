/** A version of Conjur, as far as it decides how a server behaves. */
export interface ServerVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** @throws {RangeError} for a text that is no version, and for one before 1.21. */
export function parseServerVersion(text: string): ServerVersion {
  const found = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?$/.exec(text);
  const version = { major: Number(found?.[1]), minor: Number(found?.[2]), patch: Number(found?.[3] ?? 0) };
  if (found !== null && isAtLeast(version, 1, 21)) return version;
  throw new RangeError(`serverVersion must be a version from 1.21 such as 1.24.0, not ${text}`);
}

/** Whether the version is this one or a later one. */
function isAtLeast(version: ServerVersion, major: number, minor: number, patch = 0): boolean {
  const [own, other] = [version, { major, minor, patch }].map((v) => (v.major * 1e4 + v.minor) * 1e4 + v.patch);
  return Number(own) >= Number(other);
}

/** As the status page writes it, with the number of a build: `1.24.0-1`. */
export function toDisplayVersion({ major, minor, patch }: ServerVersion): string {
  return `${major}.${minor}.${patch}-1`;
}

/** What versions do differently, from the vendor's changelog. */
export interface Behaviour {
  /** From 1.21.1; before, `dryRun` is ignored and the policy is loaded. The effective policy came with it. */
  readonly hasDryRun: boolean;
  /** From 1.22; before, writing the value that a variable has makes a version all the same. */
  readonly areSameValuesOne: boolean;
  /** From 1.22 here; an older token carries `iat` alone, and lives as long. */
  readonly hasTokenExpiry: boolean;
  /** Issuers of dynamic secrets, from 1.22, where the server is told to have them. */
  readonly canHaveIssuers: boolean;
  /** The second API, from 1.23. */
  readonly hasV2: boolean;
  /** `GET /authn/{account}/api_key`, from 1.24. */
  readonly hasLastRotation: boolean;
  /** The recorded 1.24.0 answers to a dry run with items that hold themselves; the vendor's own test suite, which is run against
   * later ones, takes flat items alone. No changelog tells the version: here it is 1.25. */
  readonly areDryRunItemsNested: boolean;
  /** From 1.26.1 the annotation `authn/api-key: false` switches an api key off, */
  readonly canApiKeysBeOff: boolean;
  /** and id tokens are let in only where the server is told to. */
  readonly areIdTokensTaken: boolean;
  /** `GET /public_keys` is gone in 1.27, */
  readonly hasPublicKeys: boolean;
  /** which also looks at query parameters that an endpoint does not define. */
  readonly areParametersChecked: boolean;
}

export function behaviourOf(version: ServerVersion): Behaviour {
  return {
    hasDryRun: isAtLeast(version, 1, 21, 1),
    areSameValuesOne: isAtLeast(version, 1, 22),
    hasTokenExpiry: isAtLeast(version, 1, 22),
    canHaveIssuers: isAtLeast(version, 1, 22),
    hasV2: isAtLeast(version, 1, 23),
    hasLastRotation: isAtLeast(version, 1, 24),
    areDryRunItemsNested: !isAtLeast(version, 1, 25),
    canApiKeysBeOff: isAtLeast(version, 1, 26, 1),
    areIdTokensTaken: !isAtLeast(version, 1, 26, 1),
    hasPublicKeys: !isAtLeast(version, 1, 27),
    areParametersChecked: isAtLeast(version, 1, 27),
  };
}
