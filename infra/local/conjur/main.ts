#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createLocalConjur, type LocalConjurOptions, type LocalTls } from './create-local-conjur.ts';
import { type Arguments, ArgumentsError, HELP, parseArguments } from './parse-arguments.ts';
import { parseCloudIdentity, parseJwks, parsePasswords, parseTestCredentials } from './parse-credential-files.ts';

async function main(): Promise<void> {
  const given = parseArguments(process.argv.slice(2), process.env);
  if (given.help) {
    process.stdout.write(HELP);
    return;
  }
  const conjur = await createLocalConjur(toOptions(given));
  console.log('This is a development and test server. Keep no real secrets in it.');
  if (given.adminApiKey === undefined) console.log(`Api key of the login admin: ${conjur.adminApiKey}`);
  console.log(`Local Conjur is ready at ${conjur.url} (account ${conjur.account}, data ${given.data})`);
  if (conjur.metadataUrl !== undefined) console.log(`Metadata services of Azure and Google: ${conjur.metadataUrl}`);
  const stop = () => void conjur.close().finally(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function toOptions(given: Arguments): LocalConjurOptions {
  const {
    port,
    host,
    edition,
    account,
    data,
    tokenTtlSeconds,
    delayMs,
    failRate,
    policyLoadMs,
    adminApiKey,
    apiKeysByDefault,
    authenticatorsByDefault,
    dynamicSecrets,
    serverVersion,
    strictParameters,
  } = given;
  const tls = readTls(given);
  return {
    ...{
      port,
      host,
      edition,
      data,
      tokenTtlSeconds,
      delayMs,
      failRate,
      policyLoadMs,
      apiKeysByDefault,
      authenticatorsByDefault,
      dynamicSecrets,
      serverVersion,
      strictParameters,
    },
    ...(account === undefined ? {} : { account }),
    ...(adminApiKey === undefined ? {} : { adminApiKey }),
    ...(tls === undefined ? {} : { tls }),
    ...(given.jwtKeys === undefined ? {} : { jwt: { jwks: parseJwks(read(given.jwtKeys), given.jwtKeys) } }),
    ...(given.iamCredentials === undefined
      ? {}
      : { iam: { credentials: parseTestCredentials(read(given.iamCredentials), given.iamCredentials) } }),
    ...(given.ldapPasswords === undefined
      ? {}
      : { ldap: { passwords: parsePasswords(read(given.ldapPasswords), given.ldapPasswords) } }),
    ...(given.metadataPort === undefined ? {} : { metadata: toMetadata(given, given.metadataPort) }),
    log: (line) => console.error(line),
  };
}

function toMetadata({ cloudIdentity }: Arguments, port: number): NonNullable<LocalConjurOptions['metadata']> {
  if (cloudIdentity === undefined) return { port };
  return { port, identity: parseCloudIdentity(read(cloudIdentity), cloudIdentity) };
}

function readTls({ tlsCert, tlsKey, clientCa, clientCertificates }: Arguments): LocalTls | undefined {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const clients = clientCa === undefined ? {} : { clientCa: read(clientCa), clientCertificates };
  return { cert: read(tlsCert), key: read(tlsKey), ...clients };
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port, address, path } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE') return `Port ${port} on ${address} is taken. Stop what uses it, or give another --port.`;
  if (code === 'EADDRNOTAVAIL') return `This machine has no address ${address}. Give another --host.`;
  if (code === 'EACCES' && port !== undefined) return `Port ${port} may not be used. Give a --port above 1023.`;
  if (path !== undefined) return `The file ${path} cannot be opened (${code}).`;
  if (code?.startsWith('ERR_OSSL')) return `The certificate or key is not usable PEM: ${error.message}`;
  return error.message;
}

try {
  await main();
} catch (error) {
  console.error(`conjur-local: ${explain(error)}`);
  process.exitCode = error instanceof ArgumentsError ? 2 : 1;
}
