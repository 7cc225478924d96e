import { startServer } from './http/start-server.ts';
import { type MetadataServer, startMetadataServer } from './metadata/start-metadata-server.ts';
import { type OpenConjur, openConjur } from './open-conjur.ts';
import type { LocalConjurOptions } from './options.ts';

export type { LocalConjurOptions, LocalTls } from './options.ts';

/** A local Conjur that listens. */
export interface LocalConjur {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  readonly account: string;
  readonly adminApiKey: string;
  /** Base URL of the metadata services; undefined where none were asked for. */
  readonly metadataUrl?: string | undefined;
  /**
   * Ends all connections, then closes the data file.
   * @example
   * afterAll(() => conjur.close());
   */
  close(): Promise<void>;
}

/**
 * Starts a Conjur for development and tests in this process. It is listening when the promise resolves.
 *
 * @throws {RangeError} for an option out of its bounds.
 * @throws {DataFileLockedError} when another process has the data file open.
 * @throws {AccountMismatchError} when the data file holds another account.
 * @example
 * const conjur = await createLocalConjur({ adminApiKey: 'my-admin-key' });
 * await conjur.close();
 */
export async function createLocalConjur(options: LocalConjurOptions = {}): Promise<LocalConjur> {
  const { host = '127.0.0.1', port = 0, tls } = options;
  const conjur = await openConjur(options);
  try {
    const server = await startServer(conjur.handle, { host, port, tls });
    const metadata = await startMetadata(conjur, options.metadata).catch(async (error: unknown) => {
      await server.close();
      throw error;
    });
    const close = async () => {
      conjur.stop();
      await metadata?.close();
      await server.close();
      conjur.release();
    };
    const { account, adminApiKey } = conjur;
    return { url: server.url, account, adminApiKey, metadataUrl: metadata?.url, close };
  } catch (error) {
    conjur.release();
    throw error;
  }
}

async function startMetadata(
  { cloudKeys }: OpenConjur,
  options: LocalConjurOptions['metadata'],
): Promise<MetadataServer | undefined> {
  if (options === undefined) return undefined;
  const { port = 0, identity = {}, isSilent = false } = options;
  return startMetadataServer({ keys: cloudKeys, identity, port, isSilent });
}
