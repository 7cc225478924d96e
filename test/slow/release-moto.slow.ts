import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/build/function-names.ts';
import { cloneProject, type ProjectClone } from '../support/clone-project.ts';
import { findProgram } from '../support/find-program.ts';
import { runNode, runProgram } from '../support/run-node.ts';
import { type Moto, startMoto } from './start-moto.ts';

const SCRIPT = fileURLToPath(new URL('./release/deploy_release.py', import.meta.url));
const CONJUR = { CyberarkApiBase: 'https://conjur.example.com' };
/** Parameters of the creation and of each update. */
const STEPS = [
  { ...CONJUR, CyberarkAuthn: 'api-key' },
  {
    ...CONJUR,
    CyberarkAuthn: 'api-key',
    CyberarkAccount: 'acme',
    Authorizer: 'jwt',
    JwtIssuer: 'https://issuer.example.com',
    JwtAudience: 'one,two',
  },
  { ...CONJUR, CyberarkAuthn: 'iam', CyberarkAuthnServiceId: 'aws', WithHttpApi: 'off' },
];

/** What deploy_release.py prints after each step. */
interface Look {
  readonly step: string;
  readonly functions: Readonly<Record<string, number>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly routes: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly schedules: number;
  readonly roles: readonly string[];
  readonly outputs: readonly string[];
}

describe('a release, deployed without Node', () => {
  let moto: Moto | undefined;
  let clone: ProjectClone | undefined;
  let looks: readonly Look[] = [];

  beforeAll(async () => {
    moto = await startMoto('eu-central-1');
    if (moto === undefined || findProgram('aws') === undefined) return;
    clone = await cloneProject(['docs', 'package-lock.json']);
    const released = await runNode(['infra/release/main.ts'], { cwd: clone.directory });
    expect(released, released.stderr).toMatchObject({ status: 0 });
    const steps = join(clone.directory, 'steps.json');
    await writeFile(steps, JSON.stringify(STEPS));
    const options = { cwd: clone.directory, environment: moto.environment };
    const deployed = await runProgram(moto.python, [SCRIPT, 'dist/release', steps], options);
    expect(deployed, deployed.stderr).toMatchObject({ status: 0 });
    looks = deployed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Look);
  });

  afterAll(async () => {
    moto?.stop();
    await clone?.[Symbol.asyncDispose]();
  });

  it('is created, updated twice and deleted', async ({ skip }) => {
    if (clone === undefined)
      return skip("moto's server and AWS's command line are not on this machine: THE RELEASE WAS NOT DEPLOYED.");
    expect(looks.map(({ step }) => step)).toEqual(['create', 'update 1', 'update 2', 'delete']);
    const [created, withTokens, withRoles, deleted] = looks as [Look, Look, Look, Look];

    const sizes = FUNCTION_NAMES.map(async (name) => {
      const { size } = await stat(join(clone?.directory ?? '', 'dist/release', `${name}.zip`));
      return [`conjur-functions-prod-${name}`, size];
    });
    expect(created.functions).toEqual(Object.fromEntries(await Promise.all(sizes)));
    expect(Object.values(created.routes)).toEqual(Array(8).fill('AWS_IAM'));
    expect(created.environment).toMatchObject({ CYBERARK_API_BASE: CONJUR.CyberarkApiBase, CYBERARK_AUTHN: 'api-key' });
    expect(created.secrets).toContain('conjur-functions/prod/credential');
    expect(created.schedules).toBeGreaterThan(0);
    expect(created.outputs).toEqual(expect.arrayContaining(['HttpApiUrl', 'ReadSecretFunctionArn', 'DashboardUrl']));

    expect(Object.values(withTokens.routes)).toEqual(Array(8).fill('JWT'));
    expect(withTokens.environment.CYBERARK_ACCOUNT).toBe('acme');

    expect(withRoles.routes).toEqual({});
    expect(withRoles.outputs).not.toContain('HttpApiUrl');
    expect(withRoles.environment).toMatchObject({ CYBERARK_AUTHN: 'iam', CYBERARK_AUTHN_SERVICE_ID: 'aws' });
    expect(withRoles.environment).not.toHaveProperty('CYBERARK_API_KEY_SECRET_ID');
    expect(withRoles.functions).toEqual(created.functions);

    // A secret outlives the stack, and nothing else does.
    expect(deleted).toMatchObject({ functions: {}, routes: {}, schedules: 0, roles: [], secrets: created.secrets });
  });
});
