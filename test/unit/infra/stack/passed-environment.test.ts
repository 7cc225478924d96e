import { describe, expect, it } from 'vitest';
import { checkParameters } from '../../../../infra/deploy/check-parameters.ts';
import { resolvePassedEnvironment } from '../../../../infra/stack/passed-environment.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

/** As the command line gives parameters to serverless, which hands them to the resolver by their names. */
function pass(params: Record<string, string>): Promise<Record<string, string>> {
  const args = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  return resolvePassedEnvironment(resolverContext(params), args);
}

describe('Variables that pass by an allow-list (environment_…)', () => {
  it('are those of Node, of the SDK and of extensions that a deployment may need', async () => {
    const passed = {
      NODE_EXTRA_CA_CERTS: '/opt/company.pem',
      AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-handler',
      OTEL_SERVICE_NAME: 'conjur',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'https://vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com',
      AWS_USE_FIPS_ENDPOINT: 'true',
    };
    const params = Object.fromEntries(Object.entries(passed).map(([name, value]) => [`environment_${name}`, value]));
    expect(await pass(params)).toEqual(passed);
    expect(
      checkParameters(
        Object.keys(params).map((name) => `--param=${name}=x`),
        [],
      ),
    ).toEqual([]);
  });

  it.each([
    ['environment_NODE_OPTIONS', '--require /tmp/x', 'is not passed on'],
    ['environment_LD_PRELOAD', '/tmp/x', 'is not passed on'],
    ['environment_CYBERARK_API_KEY', 'x', 'is not passed on'],
    ['environment_AWS_SECRET_ACCESS_KEY', 'x', 'is not passed on'],
    ['environment_OTEL_EXPORTER_OTLP_HEADERS', 'api-key=x', 'is a secret'],
    ['environment_OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'api-key=x', 'is a secret'],
    ['environment_AWS_ENDPOINT_URL', 'http://proxy.internal', 'must be an https URL'],
  ])('are not %s', async (name, value, message) => {
    await expect(pass({ [name]: value })).rejects.toThrow(message);
  });

  it('are refused by their names before anything is packaged', () => {
    expect(checkParameters(['--param=environment_NODE_OPTIONS=x'], [])).toEqual([
      expect.stringContaining('environment_NODE_OPTIONS is not passed on'),
    ]);
  });

  it('are none where no parameter has that prefix', async () => {
    expect(await pass({ CYBERARK_ACCOUNT: 'acme' })).toEqual({});
  });
});
