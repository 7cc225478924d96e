import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RequestFault } from '../../../../../../infra/local/stand-ins/http/request-fault.ts';
import { createLocalSecretsManager } from '../../../../../../infra/local/stand-ins/secrets-manager/create-local-secrets-manager.ts';
import { createClient, startSecretsManager, toToken } from './start-secrets-manager.ts';

const [ONE, TWO] = [toToken('one'), toToken('two')];
const first = { Name: 'app/db', SecretString: 'first', ClientRequestToken: ONE };
const DAY_MS = 86_400_000;

describe('the local Secrets Manager as a server', () => {
  it('keeps its secrets in a file that only its owner may read, across a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const data = join(folder, 'kept', 'secrets.json');
    const { client, server } = await startSecretsManager({ data });
    await client.send(new CreateSecretCommand(first));
    await server.close();
    expect(statSync(data).mode & 0o777).toBe(0o600);
    const { client: later } = await startSecretsManager({ data });
    const read = new GetSecretValueCommand({ SecretId: 'app/db' });
    await expect(later.send(read)).resolves.toMatchObject({ SecretString: 'first', VersionId: ONE });
  });

  it.each([{ host: 'rebound.example:80' }, { origin: 'https://page.example' }])(
    'answers no web page that reaches it: %j',
    async (headers) => {
      const { client, server } = await startSecretsManager({});
      await client.send(new CreateSecretCommand(first));
      const call = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' };
      const { statusCode, body } = await request(server.url, {
        method: 'POST',
        headers: { ...call, ...headers },
        body: JSON.stringify({ SecretId: 'app/db' }),
      });
      expect(statusCode).toBe(403);
      expect(await body.text()).not.toContain('first');
    },
  );

  it('does not start on a file that is not its own, and leaves that file as it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const data = join(folder, 'other.json');
    for (const content of ['{"format":"something-else"}', 'null', 'no JSON']) {
      writeFileSync(data, content);
      await expect(createLocalSecretsManager({ data })).rejects.toThrow('name another with --data');
      expect(readFileSync(data, 'utf8')).toBe(content);
    }
  });

  it('refuses a deleted secret until it is restored, and forgets it after the recovery window', async () => {
    const clock = { ms: Date.parse('2026-01-01T00:00:00Z') };
    const { client } = await startSecretsManager({ now: () => clock.ms });
    await client.send(new CreateSecretCommand(first));
    const read = () => client.send(new GetSecretValueCommand({ SecretId: 'app/db' }));
    const remove = () => client.send(new DeleteSecretCommand({ SecretId: 'app/db', RecoveryWindowInDays: 7 }));
    expect((await remove()).DeletionDate?.getTime()).toBe(clock.ms + 7 * DAY_MS);
    await expect(read()).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await client.send(new RestoreSecretCommand({ SecretId: 'app/db' }));
    await expect(read()).resolves.toMatchObject({ SecretString: 'first' });
    await remove();
    clock.ms += 8 * DAY_MS;
    await expect(read()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('deletes at once by force, also what is not there', async () => {
    const { client } = await startSecretsManager();
    await client.send(new CreateSecretCommand(first));
    const remove = () => client.send(new DeleteSecretCommand({ SecretId: 'app/db', ForceDeleteWithoutRecovery: true }));
    await remove();
    await expect(client.send(new DescribeSecretCommand({ SecretId: 'app/db' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(remove()).resolves.toMatchObject({ Name: 'app/db' });
  });

  it('makes passwords of the length and with the types of characters asked for', async () => {
    const { client } = await startSecretsManager();
    const ask = (input: object) => client.send(new GetRandomPasswordCommand(input));
    expect((await ask({ PasswordLength: 4 })).RandomPassword).toMatch(
      /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\w]|.*_).{4}$/,
    );
    expect((await ask({ ExcludePunctuation: true, ExcludeCharacters: 'lIO01' })).RandomPassword).toMatch(
      /^[a-km-zA-HJ-NP-Z2-9]{32}$/,
    );
    await expect(ask({ PasswordLength: 3 })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('loses the answer of a put that took effect when told to, and the repetition by the SDK is harmless', async () => {
    const faults: RequestFault[] = ['drop-after', 'drop-before'];
    const { client, server } = await startSecretsManager({
      onRequest: ({ operation }) => (operation === 'PutSecretValue' ? faults.shift() : undefined),
    });
    await client.send(new CreateSecretCommand(first));
    const patient = createClient(server.url, 3);
    onTestFinished(() => patient.destroy());
    const put = { SecretId: 'app/db', SecretString: 'second', ClientRequestToken: TWO };
    await expect(client.send(new PutSecretValueCommand(put))).rejects.toMatchObject({ code: 'ECONNRESET' });
    const read = new GetSecretValueCommand({ SecretId: 'app/db' });
    await expect(client.send(read)).resolves.toMatchObject({ SecretString: 'second' });
    await expect(patient.send(new PutSecretValueCommand(put))).resolves.toMatchObject({ VersionId: TWO });
    expect(faults).toEqual([]);
  });

  it('answers in the place of an operation, or not at all, when told to', async () => {
    const faults: (RequestFault | undefined)[] = [
      { status: 500, body: { __type: 'InternalServiceError', Message: 'planned' } },
      'hang-before',
    ];
    const patience = new AbortController();
    const { client } = await startSecretsManager({
      onRequest: () => {
        const fault = faults.shift();
        if (fault === 'hang-before') setImmediate(() => patience.abort());
        return fault;
      },
    });
    await expect(client.send(new CreateSecretCommand(first))).rejects.toMatchObject({ name: 'InternalServiceError' });
    const abortSignal = patience.signal;
    const hanging = client.send(new CreateSecretCommand(first), { abortSignal });
    await expect(hanging).rejects.toMatchObject({ name: 'AbortError' });
    await expect(client.send(new DescribeSecretCommand({ SecretId: 'app/db' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('refuses requests that are unsigned, not JSON, too long, or for an operation that it does not have', async () => {
    const { server } = await startSecretsManager();
    const send = async (target: string, body: string, authorization = 'AWS4-HMAC-SHA256 Credential=x') => {
      const headers = { 'x-amz-target': target, authorization };
      const answer = await request(server.url, { method: 'POST', headers, body });
      return [answer.statusCode, ((await answer.body.json()) as { __type?: string }).__type];
    };
    const target = 'secretsmanager.GetSecretValue';
    expect(await send(target, '{}', 'Bearer x')).toEqual([400, 'MissingAuthenticationTokenException']);
    expect(await send(target, '{"SecretId":')).toEqual([400, 'SerializationException']);
    expect(await send(target, '[]')).toEqual([400, 'SerializationException']);
    expect(await send(target, '{}')).toEqual([400, 'ValidationException']);
    expect(await send('secretsmanager.Nothing', '{}')).toEqual([400, 'UnknownOperationException']);
    expect(await send('AWSEvents.GetSecretValue', '{}')).toEqual([400, 'UnknownOperationException']);
    expect(await send(target, 'x'.repeat(1024 * 1024 + 1))).toEqual([413, undefined]);
  });

  it('calls the rotation function over a Lambda endpoint, and takes its failure as one', async () => {
    const called: { path: string | undefined; event: { Step?: string } }[] = [];
    const lambda = createServer(async (incoming, response) => {
      const event = JSON.parse((await incoming.toArray()).join('')) as { Step?: string };
      called.push({ path: incoming.url, event });
      if (event.Step === 'setSecret') response.setHeader('x-amz-function-error', 'Unhandled');
      response.end('{"errorType":"Error","errorMessage":"planned"}');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void lambda.close());
    await expect.poll(() => lambda.listening, { timeout: 10_000 }).toBe(true);
    const failures: unknown[] = [];
    const { client, server } = await startSecretsManager({
      rotationEndpoint: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
      onRotationFailed: (failure) => failures.push(failure),
    });
    await client.send(new CreateSecretCommand(first));
    const RotationLambdaARN = 'arn:aws:lambda:us-east-1:000000000000:function:rotate-key:live';
    await client.send(new RotateSecretCommand({ SecretId: 'app/db', ClientRequestToken: TWO, RotationLambdaARN }));
    await server.rotationsDone();
    expect(called.map(({ event }) => event.Step)).toEqual(['createSecret', 'setSecret']);
    expect(called[0]?.path).toBe('/2015-03-31/functions/rotate-key/invocations');
    expect(failures).toMatchObject([{ step: 'setSecret', cause: { message: 'rotate-key failed: Error: planned' } }]);
  });
});
