import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Hash } from '@smithy/hash-node';
import { SignatureV4 } from '@smithy/signature-v4';
import { ConjurError } from '../errors.ts';
import type { IamSts } from '../options.ts';
import { toAwsCause } from './aws-calls.ts';
import type { SignedHeaders } from './iam.ts';

/** AWS credentials as the SDK has them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface CallerIdentitySignerOptions {
  readonly sts: IamSts;
  /** Not needed where `sts` is global: that one signs for us-east-1. */
  readonly region: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Default: AWS's own chain: environment, files, container, instance. */
  readonly credentials?: (() => Promise<AwsCredentials>) | undefined;
}

/** The global STS host takes signatures for this region only. */
const GLOBAL = { host: 'sts.amazonaws.com', region: 'us-east-1' };

/**
 * Signs `GET https://sts.{region}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15` with SigV4 and gives exactly the headers
 * that Conjur passes on: `host`, `authorization`, `x-amz-date`, `x-amz-content-sha256`, and `x-amz-security-token` where the
 * credentials have one. Conjur refuses a signature over any other header.
 *
 * Importing this file loads parts of the AWS SDK: import it with `await import` where a cold start counts.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function createCallerIdentitySigner(options: CallerIdentitySignerOptions): () => Promise<SignedHeaders> {
  const { host, region } = options.sts === 'global' ? GLOBAL : toRegional(options.region);
  const credentials = options.credentials ?? defaultProvider();
  return async () => {
    const signer = new SignatureV4({
      service: 'sts',
      region,
      credentials: await resolve(credentials),
      sha256: Hash.bind(null, 'sha256'),
      applyChecksum: true,
    });
    const { headers } = await signer.sign(
      {
        method: 'GET',
        protocol: 'https:',
        hostname: host,
        path: '/',
        query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
        headers: { host },
      },
      { signingDate: new Date(options.now()) },
    );
    return headers;
  };
}

function toRegional(region: string | undefined): { host: string; region: string } {
  if (region === undefined) {
    throw new ConjurError(
      'config_invalid',
      'authn-iam signs for an AWS region, and none is given. Set AWS_REGION, or sign for the global STS.',
    );
  }
  return { host: `sts.${region}.amazonaws.com`, region };
}

async function resolve(credentials: () => Promise<AwsCredentials>) {
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  } catch (error) {
    throw new ConjurError(
      'authentication_failed',
      'No AWS credentials were found to sign in with by authn-iam. Give this process a role, or credentials in its environment.',
      { cause: toAwsCause(error) },
    );
  }
}
