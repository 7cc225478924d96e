import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { onTestFinished } from 'vitest';
import {
  createLocalSecretsManager,
  type LocalSecretsManager,
  type LocalSecretsManagerOptions,
} from '../../../../../../infra/local/stand-ins/secrets-manager/create-local-secrets-manager.ts';

/** A stand-in and AWS's own client for it; both are closed when the test is over. */
export async function startSecretsManager(
  options: LocalSecretsManagerOptions = {},
): Promise<{ server: LocalSecretsManager; client: SecretsManagerClient }> {
  const server = await createLocalSecretsManager(options);
  const client = createClient(server.url);
  onTestFinished(async () => {
    client.destroy();
    await server.close();
  });
  return { server, client };
}

/** @param maxAttempts 1 means that the SDK does not repeat what failed. */
export function createClient(endpoint: string, maxAttempts = 1): SecretsManagerClient {
  return new SecretsManagerClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts,
  });
}

/** A ClientRequestToken of 32 characters that reads well in a failure. */
export function toToken(name: string): string {
  return name.padEnd(32, '.');
}
