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
export function isAtLeast(version: ServerVersion, major: number, minor: number, patch = 0): boolean {
  const [own, other] = [version, { major, minor, patch }].map((v) => (v.major * 1e4 + v.minor) * 1e4 + v.patch);
  return Number(own) >= Number(other);
}

/** As the status page writes it, with the number of a build: `1.24.0-1`. */
export function toDisplayVersion({ major, minor, patch }: ServerVersion): string {
  return `${major}.${minor}.${patch}-1`;
}
