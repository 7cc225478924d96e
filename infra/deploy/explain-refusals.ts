/** How serverless quotes what a resolver of infra/stack throws: once for each place that asks for it. */
const REJECTION = /Cannot resolve variable at "[^"]*": .*?Received rejection: (.*?),?$/gm;

/**
 * The refusals in what serverless printed, each once: a parameter that is wrong is asked for in many places, and every one of them
 * repeats the sentence.
 * @returns none where it failed for another reason
 */
export function explainRefusals(output: string): string[] {
  return [...new Set([...output.matchAll(REJECTION)].map(([, message = '']) => message))];
}
