/**
 * The function that the cold starts are compared with: read-secret as it would be written without a thought of its start. What the
 * handler imports on need, or not at all since another function needs it, is imported at the top, and the client of Secrets Manager is
 * made there.
 */

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { Hash } from '@smithy/hash-node';
import { SignatureV4 } from '@smithy/signature-v4';
import { LRUCache } from 'lru-cache';
import { Agent, request } from 'undici';
import { Document } from 'yaml';

export { handler } from '../../../functions/read-secret/handler.ts';

/** Exported, so that no bundler takes them for unused. */
export const secretsManager = new SecretsManagerClient({});
export const imported = [GetSecretValueCommand, defaultProvider, Hash, SignatureV4, LRUCache, Agent, request, Document];
