import type { Deadline } from '../clock.ts';
import type { Secret } from '../secret.ts';

/** Which version of a Secrets Manager secret: the one in use, or the one that a rotation has staged. */
export type StagingLabel = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS';

/** What the library needs of AWS Secrets Manager. A fake in tests is a function over a map. */
export interface SecretReader {
  /**
   * The secret's content, text or bytes. Undefined where no version has the label.
   * @throws ConjurError `authentication_failed` where the secret is missing or may not be read, `config_invalid` without a region,
   * `upstream_unavailable`, `deadline_exceeded`
   */
  read(secretId: string, stage: StagingLabel, deadline: Deadline): Promise<Secret | undefined>;
}
