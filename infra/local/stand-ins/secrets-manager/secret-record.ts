/** A value as it was put. Binary values are kept in base64, as they travel. */
export type SecretContent =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'binary'; readonly value: string };

/** One version of a secret. Its id is the ClientRequestToken that made it. */
export interface SecretVersion {
  readonly id: string;
  readonly createdAtMs: number;
  lastAccessedAtMs?: number;
  /** Staging labels. None: the version is deprecated, and may be removed. */
  stages: string[];
  /** Absent while a rotation has reserved the version and not yet put a value. */
  content?: SecretContent;
}

export interface RotationRules {
  readonly AutomaticallyAfterDays?: number | undefined;
  readonly Duration?: string | undefined;
  readonly ScheduleExpression?: string | undefined;
}

export interface SecretRecord {
  readonly arn: string;
  readonly name: string;
  readonly createdAtMs: number;
  description?: string;
  kmsKeyId?: string;
  tags: { readonly Key?: string | undefined; readonly Value?: string | undefined }[];
  lastChangedAtMs: number;
  lastAccessedAtMs?: number;
  lastRotatedAtMs?: number;
  /** When DeleteSecret was called, and when the secret goes for good. */
  deletion?: { readonly requestedAtMs: number; readonly dueAtMs: number };
  rotation?: { enabled: boolean; lambdaArn: string; rules?: RotationRules };
  /** In the order in which they were made. */
  versions: SecretVersion[];
}

/** What the data file holds. */
export interface SecretsFile {
  readonly format: 'local-secrets-manager-1';
  secrets: SecretRecord[];
}
