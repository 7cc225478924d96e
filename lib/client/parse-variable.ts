import type { ConjurRequest } from '../transport/conjur-request.ts';
import { unreadable } from './parse-json.ts';

/** A variable as Conjur lists it; its value is not part of it. */
export interface Variable {
  readonly name: string;
  /** The latest version; undefined where no value was ever written. */
  readonly version: number | undefined;
  /** Full id of the owner, such as `default:policy:litellm`. */
  readonly owner: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601, as Conjur gives it. */
  readonly createdAt: string | undefined;
}

/** @throws ConjurError `upstream_error` where the answer has no id */
export function parseVariable(request: ConjurRequest, resource: unknown): Variable {
  const { id, owner, secrets, annotations, created_at: createdAt } = (resource ?? {}) as Record<string, unknown>;
  const name = typeof id === 'string' ? /^[^:]*:variable:(.+)$/su.exec(id)?.[1] : undefined;
  if (name === undefined) throw unreadable(request);
  return {
    name,
    version: latestVersion(secrets),
    owner: typeof owner === 'string' ? owner : '',
    annotations: toAnnotations(annotations),
    createdAt: typeof createdAt === 'string' ? createdAt : undefined,
  };
}

function latestVersion(secrets: unknown): number | undefined {
  if (!Array.isArray(secrets)) return undefined;
  const versions = secrets
    .map((entry: unknown) => (entry as { version?: unknown } | null)?.version)
    .filter(Number.isSafeInteger);
  return versions.length === 0 ? undefined : Math.max(...(versions as number[]));
}

function toAnnotations(annotations: unknown): Record<string, string> {
  if (!Array.isArray(annotations)) return {};
  const entries = annotations.flatMap((entry: unknown) => {
    const { name, value } = (entry ?? {}) as Record<string, unknown>;
    return typeof name === 'string' && typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(entries);
}
