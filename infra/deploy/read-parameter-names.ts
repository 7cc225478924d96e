import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The parameters that serverless.yml declares under `params`, of all stages. @throws Error where it declares none */
export function readParameterNames(path: string): string[] {
  // CloudFormation's own tags (`!GetAtt`) are none of YAML's: what they mean does not matter here.
  const config: unknown = parse(readFileSync(path, 'utf8'), { logLevel: 'silent' });
  const { params } = config as { params?: Record<string, Record<string, unknown>> };
  const names = Object.values(params ?? {}).flatMap((ofStage) => Object.keys(ofStage ?? {}));
  if (names.length === 0) throw new Error(`${path} declares no parameters.`);
  return [...new Set(names)];
}
