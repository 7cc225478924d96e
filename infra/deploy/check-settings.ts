import { parseFunctionSettings } from '../../functions/runtime/settings.ts';
import { isConjurError } from '../../lib/errors.ts';
import { UNSEEN_PEM } from '../../lib/pem.ts';
import { environmentOf, resourcesOf, type Template } from './template.ts';

/**
 * What the functions would say of their settings at every call, said before they are deployed. They are read by the same parser; what
 * only AWS knows (the ARN of the secret, say) counts as given.
 * @returns one sentence for each way in which they are wrong
 */
export function checkSettings(template: Template): string[] {
  const findings = resourcesOf(template, 'AWS::Lambda::Function').flatMap(([, properties]) => {
    const environment = Object.entries(environmentOf(properties)).map(([name, value]) => [name, toText(value)]);
    // As on Lambda, which sets these two.
    return explain({
      AWS_REGION: 'known-to-lambda',
      AWS_LAMBDA_FUNCTION_NAME: 'fn',
      ...Object.fromEntries(environment),
    });
  });
  return [...new Set(findings)];
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : 'host/known-to-aws';
}

function explain(environment: Record<string, string>): string[] {
  try {
    parseFunctionSettings(environment, { readFile });
    return [];
  } catch (error) {
    if (!isConjurError(error)) throw error;
    return [error.message.replace("Correct the function's environment.", 'docs/settings.md explains each.')];
  }
}

/** Where a layer, a file system or the zip itself puts its files on Lambda: what is there cannot be seen from here. */
const ON_LAMBDA = /^\/(?:opt|mnt|var\/task)\//;

/** Certificates of this machine stand in the environment as they are by now; another file of it will not be there. */
function readFile(path: string): string {
  if (ON_LAMBDA.test(path)) return UNSEEN_PEM;
  throw new Error('not on Lambda');
}
