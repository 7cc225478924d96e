/** A secret of Secrets Manager as a parameter names it. */
export interface SecretReference {
  /** For IAM: the ARN, or for a name, the ARN of this account with the six characters that Secrets Manager puts behind it left open. */
  readonly arn: string | Record<string, unknown>;
  /** Of the ARN; undefined where a name is given, which means the region and the account of the stack. */
  readonly region: string | undefined;
  readonly account: string | undefined;
}

/** With the suffix: AWS takes a partial ARN for a name whose last part may be the suffix, and then finds another secret or none. */
const FULL_ARN = /^arn:[\w-]+:secretsmanager:([\w-]+):(\d{12}):secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;
/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const NAME = /^[\w/+=.@-]{1,512}$/;
const KEY_ARN = /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/;

/**
 * Reads what names a secret: its name, or its whole ARN.
 * @param source names the parameter in messages
 * @throws Error for a partial ARN, the ARN of something else, and what is no name
 */
export function parseSecretId(id: string, source: string): SecretReference {
  const [, region, account] = FULL_ARN.exec(id) ?? [];
  if (region !== undefined) return { arn: id, region, account };
  if (id.startsWith('arn:'))
    throw new Error(
      `${source} must be the name of a secret or its whole ARN, with the six characters at the end: arn:aws:secretsmanager:<region>:<account>:secret:<name>-AbCdEf.`,
    );
  if (!NAME.test(id)) throw new Error(`${source} must be the name or the ARN of a secret in Secrets Manager.`);
  return { arn: toOpenArn(id), region: undefined, account: undefined };
}

function toOpenArn(name: string): Record<string, unknown> {
  return {
    'Fn::Sub': `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${name}-??????`,
  };
}

/**
 * The ARN of a KMS key. That of an alias gives no right in IAM: a role with it could not decrypt.
 * @param source names the parameter in messages
 * @throws Error for anything else
 */
export function parseKeyArn(arn: string, source: string): string {
  if (KEY_ARN.test(arn)) return arn;
  throw new Error(
    `${source} must be the ARN of a KMS key, and not that of an alias: arn:aws:kms:<region>:<account>:key/<id>.`,
  );
}
