import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readDeployedStack, toDeployFlags } from '../../../../infra/deploy/deployed-stack.ts';
import { serveOnLoopback } from '../../../support/serve-on-loopback.ts';

const DESTINATION = { stackName: 'conjur-functions-test', region: 'eu-central-1', profile: undefined };

/** CloudFormation on the loopback, with a stack of that status. */
async function startCloudFormation(status: string): Promise<void> {
  const server = await serveOnLoopback((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      const action = /Action=(\w+)/.exec(body)?.[1];
      const result =
        action === 'DescribeStacks'
          ? `<Stacks><member><StackName>s</StackName><CreationTime>2026-11-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus></member></Stacks>`
          : '<TemplateBody>{"Resources":{}}</TemplateBody>';
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(
        `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${result}</${action}Result></${action}Response>`,
      );
    });
  });
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDFORMATION', server.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await server[Symbol.asyncDispose]();
  });
}

describe('a deployment', () => {
  it.each(['UPDATE_ROLLBACK_COMPLETE', 'UPDATE_FAILED', 'ROLLBACK_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE'])(
    'that is repeated after %s is made, though the last upload is the same',
    async (status) => {
      await startCloudFormation(status);
      expect(toDeployFlags(await readDeployedStack(DESTINATION))).toEqual(['--force']);
    },
  );

  it.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'])(
    'that is repeated after %s changes nothing',
    async (status) => {
      await startCloudFormation(status);
      expect(toDeployFlags(await readDeployedStack(DESTINATION))).toEqual([]);
    },
  );

  it('of a new stack needs no flag', async () => {
    await startCloudFormation('REVIEW_IN_PROGRESS');
    expect(toDeployFlags(await readDeployedStack(DESTINATION))).toEqual([]);
  });
});
